package web

import (
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/campaign"
)

// Campaigns are the sets of builds that the daemon follows.
type Campaigns interface {
	Any() bool
	Reports() []*campaign.Report
	Report(name string) (*campaign.Report, error)
}

const (
	// campaignsRefresh is how often a page about campaigns is asked for anew, in seconds.
	campaignsRefresh = 30
	// reportFor is how long all viewers get the same report.
	reportFor = 5 * time.Second
	// maxReports is how many reports are kept for that.
	maxReports = 64
)

// reportKey names a report of a time; that of all campaigns has no name.
type reportKey struct {
	name string
	time int64
}

func (s *Server) hasCampaigns() bool { return s.opts.Campaigns != nil && s.opts.Campaigns.Any() }

// campaignsPage is the page with all campaigns.
type campaignsPage struct {
	page
	Reports []*campaign.Report
}

func (s *Server) campaigns(w http.ResponseWriter, r *http.Request) {
	if !s.hasCampaigns() {
		s.refuse(w, r, http.StatusNotFound, "There are no campaigns.")
		return
	}
	now := time.Now()
	key := reportKey{"", now.Unix() / int64(reportFor/time.Second)}
	reports, ok := s.reports.Get(key)
	if !ok {
		reports = s.opts.Campaigns.Reports()
		s.reports.Put(key, reports)
	}
	p := campaignsPage{page: s.page("campaigns", "Campaigns", now), Reports: reports}
	p.Refresh, p.Rate = campaignsRefresh, 1
	s.show(w, r, http.StatusOK, "campaigns.html", &p)
}

// campaignPage is the page of one campaign.
type campaignPage struct {
	page
	*campaign.Report

	ByArch, ByOwner []countsRow
	Slow            []slowRow
}

// countsRow is how far the packages of an arch or an owner are.
type countsRow struct {
	Name string
	campaign.Counts
}

// slowRow is a package that runs for long.
type slowRow struct {
	campaign.Build
	Overdue bool
}

func (s *Server) campaign(w http.ResponseWriter, r *http.Request) {
	if !s.hasCampaigns() || campaign.CheckName(r.PathValue("name")) != nil {
		s.refuse(w, r, http.StatusNotFound, "There is no such campaign.")
		return
	}
	now := time.Now()
	key := reportKey{r.PathValue("name"), now.Unix() / int64(reportFor/time.Second)}
	reports, ok := s.reports.Get(key)
	if !ok {
		report, err := s.opts.Campaigns.Report(key.name)
		if err != nil {
			s.refuse(w, r, http.StatusNotFound, "There is no such campaign.")
			return
		}
		reports = []*campaign.Report{report}
		s.reports.Put(key, reports)
	}
	p := campaignPage{page: s.page("campaigns", "Campaign "+key.name, now), Report: reports[0]}
	p.Refresh, p.Rate = campaignsRefresh, 1
	p.ByArch, p.ByOwner, p.Slow = countsRows(p.Arches), countsRows(p.Owners), slowRows(p.Report)
	s.show(w, r, http.StatusOK, "campaign.html", &p)
}

// countsRows returns counts by their names.
func countsRows(counts map[string]campaign.Counts) []countsRow {
	rows := make([]countsRow, 0, len(counts))
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		rows = append(rows, countsRow{name, counts[name]})
	}
	return rows
}

// slowRows returns what is overdue, and then what else runs for long.
func slowRows(r *campaign.Report) []slowRow {
	var rows []slowRow
	for _, b := range r.Overdue {
		rows = append(rows, slowRow{b, true})
	}
	for _, b := range r.Slowest {
		if !slices.Contains(r.Overdue, b) {
			rows = append(rows, slowRow{b, false})
		}
	}
	return rows
}

// moment is a time on any day.
func moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("Mon 2 Jan 15:04 UTC")
}
