package web

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/kojiwatch/kojiwatch/internal/board"
)

// look is what a page shows of the board, as its address says.
type look struct {
	board.Filter
	Group string // by what builds are grouped; "": not at all
	Show  int    // how many builds that run or wait are shown at the most
}

// How many entries of a section are shown: of what runs or waits, and of what has ended
// a share of that.
const (
	defaultShow = 120
	maxShow     = 2000
	endedShare  = 4
	moreTimes   = 4 // as many are shown on demand
)

// parseLook reads a look from the query of a URL. What it does not know it ignores.
func parseLook(query url.Values) look {
	l := look{Filter: board.ParseFilter(query), Group: query.Get("group"), Show: defaultShow}
	if !slices.Contains(board.Groupings(), l.Group) {
		l.Group = ""
	}
	if n, err := strconv.Atoi(query.Get("show")); err == nil && n > 0 {
		l.Show = min(n, maxShow)
	}
	return l
}

// Query returns the query that the look is read from, in one form for all that are the
// same.
func (l *look) Query() string {
	q := l.Filter.Query()
	if l.Group != "" {
		q.Set("group", l.Group)
	}
	if l.Show != defaultShow {
		q.Set("show", strconv.Itoa(l.Show))
	}
	return q.Encode()
}

// More returns the query of the same with more entries; "" if that is not possible.
func (l *look) More() string {
	if l.Show >= maxShow {
		return ""
	}
	more := *l
	more.Show = min(l.Show*moreTimes, maxShow)
	return more.Query()
}
