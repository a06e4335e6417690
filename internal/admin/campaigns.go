package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/kojiwatch/kojiwatch/internal/campaign"
)

// Campaigns are those of a daemon.
type Campaigns interface {
	Reports() []*campaign.Report
	Report(name string) (*campaign.Report, error)
	Start(d campaign.Definition) error
	Stop(name string) error
}

// maxDefinition bounds how large the definition of a campaign is that is read.
const maxDefinition = 8 << 20

// addCampaigns adds the pages about campaigns.
func addCampaigns(mux *http.ServeMux, c Campaigns) {
	mux.HandleFunc("GET /api/campaigns", func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(w, struct {
			Campaigns []*campaign.Report `json:"campaigns"`
		}{c.Reports()})
	})
	mux.HandleFunc("GET /api/campaigns/{name}", func(w http.ResponseWriter, r *http.Request) {
		report, err := c.Report(r.PathValue("name"))
		if err != nil {
			answer(w, http.StatusNotFound, err.Error()+"\n")
			return
		}
		answerJSON(w, report)
	})
	mux.HandleFunc("POST /api/campaigns", func(w http.ResponseWriter, r *http.Request) {
		var d campaign.Definition
		body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxDefinition))
		body.DisallowUnknownFields()
		if err := body.Decode(&d); err != nil {
			answer(w, http.StatusBadRequest, "this is no campaign: "+err.Error()+"\n")
			return
		}
		done(w, http.StatusBadRequest, c.Start(d))
	})
	mux.HandleFunc("POST /api/campaigns/{name}/stop", func(w http.ResponseWriter, r *http.Request) {
		done(w, http.StatusNotFound, c.Stop(r.PathValue("name")))
	})
}

// done answers whether something was done, and if not with a status and why.
func done(w http.ResponseWriter, otherwise int, err error) {
	if err != nil {
		answer(w, otherwise, err.Error()+"\n")
		return
	}
	answer(w, http.StatusOK, "done\n")
}

func answerJSON(w http.ResponseWriter, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		answer(w, http.StatusInternalServerError, err.Error()+"\n")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(append(text, '\n')) // who is gone does not need it
}

// RefusedError reports that a daemon does not do what it was asked for.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return e.Reason }

// StartCampaign asks the listener at an address to start a campaign.
func StartCampaign(ctx context.Context, address string, d *campaign.Definition) error {
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("campaign %s: %w", d.Name, err)
	}
	_, err = askCampaigns(ctx, http.MethodPost, address, "/api/campaigns", body)
	return err
}

// StopCampaign asks the listener at an address to stop a campaign, whose name must be sound.
func StopCampaign(ctx context.Context, address, name string) error {
	_, err := askCampaigns(ctx, http.MethodPost, address, "/api/campaigns/"+name+"/stop", nil)
	return err
}

// CampaignReport asks the listener at an address how far a campaign is. It returns the report
// and its JSON.
func CampaignReport(ctx context.Context, address, name string) (*campaign.Report, []byte, error) {
	text, err := askCampaigns(ctx, http.MethodGet, address, "/api/campaigns/"+name, nil)
	if err != nil {
		return nil, nil, err
	}
	r := new(campaign.Report)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, nil, fmt.Errorf("report of %s: %w", address, err)
	}
	return r, text, nil
}

// CampaignReports asks the listener at an address for its campaigns, also as JSON.
func CampaignReports(ctx context.Context, address string) ([]*campaign.Report, []byte, error) {
	text, err := askCampaigns(ctx, http.MethodGet, address, "/api/campaigns", nil)
	if err != nil {
		return nil, nil, err
	}
	var all struct{ Campaigns []*campaign.Report }
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, nil, fmt.Errorf("campaigns of %s: %w", address, err)
	}
	return all.Campaigns, text, nil
}

func askCampaigns(ctx context.Context, method, address, path string, body []byte) ([]byte, error) {
	status, text, err := request(ctx, method, address, path, bytes.NewReader(body))
	switch {
	case err != nil:
		return nil, fmt.Errorf("ask %s: %w", address, err)
	case status == http.StatusNotFound && text == "404 page not found":
		return nil, &RefusedError{"the daemon knows nothing of campaigns; it is of an earlier version"}
	case status != http.StatusOK:
		return nil, &RefusedError{text}
	}
	return []byte(text), nil
}
