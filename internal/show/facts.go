package show

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/etatext"
	"github.com/kojiwatch/kojiwatch/internal/table"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// fact is one thing that is known. Its value is a text, a number, a truth, a time, a
// duration, a [koji.Ref] or a list of texts; those that are not known are not shown.
type fact struct {
	name  string // for people; in JSON with _ for blanks
	value any
}

// stateName is a value that is shown in the color of the state.
type stateName string

// facts are the known facts about something, in the order in which they are shown.
type facts []fact

func (f *facts) add(name string, value any) {
	switch v := value.(type) {
	case string:
		if v == "" {
			return
		}
	case stateName:
		if v == "" {
			return
		}
	case int64:
		if v == 0 {
			return
		}
	case time.Time:
		if v.IsZero() {
			return
		}
	case koji.Ref:
		if v.IsZero() {
			return
		}
	case []string:
		if len(v) == 0 {
			return
		}
	}
	*f = append(*f, fact{name, value})
}

// addOpt adds a value that may be unknown.
func addOpt[T any](f *facts, name string, v koji.Opt[T]) {
	if v.Known {
		f.add(name, v.Value)
	}
}

// write writes a line for each fact, with states in color if color is set.
func (f facts) write(w io.Writer, now time.Time, color bool) error {
	width := 0
	for _, one := range f {
		width = max(width, len(one.name))
	}
	for _, one := range f {
		text := cliutil.Visible(factText(one.value, now))
		if state, ok := one.value.(stateName); ok && color {
			text = table.Paint(text, format.ColorOf(string(state)))
		}
		if _, err := fmt.Fprintf(w, "  %-*s  %s\n", width, one.name, text); err != nil {
			return err
		}
	}
	return nil
}

func factText(value any, now time.Time) string {
	switch v := value.(type) {
	case time.Time:
		text := etatext.TimeOfDay(v, now)
		if d := now.Sub(v); d >= time.Second {
			text += ", " + enrich.Words(d) + " ago"
		}
		return text
	case time.Duration:
		return enrich.Words(v)
	case koji.Ref:
		return refText(v)
	case []string:
		return strings.Join(v, ", ")
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

func refText(r koji.Ref) string {
	if r.Name == "" {
		return strconv.FormatInt(r.ID, 10)
	}
	return r.Name
}

// MarshalJSON implements json.Marshaler. Times are in UTC, durations in seconds, as in
// events.
func (f facts) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, one := range f {
		if i > 0 {
			out = append(out, ',')
		}
		value, err := json.Marshal(factJSON(one.value))
		if err != nil {
			return nil, err
		}
		out = append(out, strconv.Quote(strings.ReplaceAll(one.name, " ", "_"))+":"...)
		out = append(out, value...)
	}
	return append(out, '}'), nil
}

func factJSON(value any) any {
	switch v := value.(type) {
	case time.Time:
		return v.UTC().Truncate(time.Microsecond)
	case time.Duration:
		return v.Seconds()
	case koji.Ref:
		return refJSON{v.ID, v.Name}
	}
	return value
}

type refJSON struct {
	ID   int64  `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}
