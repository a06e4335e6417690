package facts

import "time"

// tolerance is by how much the hub's clock and ours may differ, and how long a message
// may take at the same time.
const tolerance = 5 * time.Second

// late is how long a message may come after what it tells. A hub keeps those that it
// cannot send for a day.
const late = 25 * time.Hour

// entry is the last fact of a subject that the sink was told.
type entry struct {
	micros     int64 // since 1970: by the hub's clock, else when its message came
	kind       string
	rank       int8
	reconciled bool // by what the hub said when it was asked
}

func (e *entry) at() time.Time { return time.UnixMicro(e.micros) }

// known reports whether a fact that the hub was asked for need not be told: the sink was
// told of it, or of something later about the same subject, which it must not be told
// before.
func (e *entry) known(f *Fact) bool {
	switch {
	case e.kind == f.Kind:
		return !e.at().Before(f.At.Add(-tolerance))
	case int(e.rank) == f.Rank:
		return e.at().After(f.At)
	}
	return int(e.rank) > f.Rank && !e.at().Before(f.At.Add(-tolerance))
}

// repeats reports whether a message tells again what the sink was told after the hub
// was asked for it: the message came late.
func (e *entry) repeats(f *Fact, came time.Time) bool {
	if !e.reconciled || !f.repairable() || came.Sub(e.at()) > late {
		return false
	}
	switch {
	case e.kind == f.Kind:
		return f.At.IsZero() || f.At.Sub(e.at()).Abs() < time.Second
	case int(e.rank) > f.Rank:
		return !f.At.After(e.at())
	}
	return false
}

// outlasts reports whether an entry stays what is known of its subject although a
// message tells something else: one that came late.
func (e *entry) outlasts(f *Fact, came time.Time) bool {
	return e.reconciled && int(e.rank) > f.Rank && came.Sub(e.at()) <= late
}
