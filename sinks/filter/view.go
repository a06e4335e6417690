package filter

import (
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// view is an event as an expression sees it: the names of its JSON, and the
// predicates. Its objects are never nil: an expression reads what is unknown as
// zero. They are pointers so that looking at one member copies no more than that.
type view struct {
	eventView

	Scratch   bool `expr:"scratch"`
	Automatic bool `expr:"automatic"`
	TopLevel  bool `expr:"top_level"`
	Mine      bool `expr:"mine"`
}

type refView struct {
	ID   int    `expr:"id"`
	Name string `expr:"name"`
}

func viewRef(r koji.Ref) refView { return refView{int(r.ID), r.Name} }

// fill makes the view that of an event. Only the parts that an expression names
// are filled in; the others may hold what was there before.
func (v *view) fill(e *event.Event, people *People, parts map[string]bool) {
	v.eventView.fill(e, parts)
	if parts["automatic"] {
		v.Automatic = people.IsAutomatic(e)
	}
	if parts["mine"] {
		v.Mine = people.IsMine(e)
	}
	v.Scratch, v.TopLevel = IsScratch(e), IsTopLevel(e)
}
