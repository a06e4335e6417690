package filter

import (
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

type refView struct {
	ID   int    `expr:"id"`
	Name string `expr:"name"`
}

func viewRef(r koji.Ref) refView { return refView{int(r.ID), r.Name} }

// fill makes the view show an event: the members of its JSON, and the predicates.
// Only the parts that an expression names are filled in; the others may hold what
// was there before. Objects are never nil: an expression reads what is unknown as
// zero. They are pointers so that looking at one member copies no more than that.
func (v *eventView) fill(e *event.Event, people *People, parts map[string]bool) {
	v.fillMembers(e, parts)
	if parts["automatic"] {
		v.Automatic = people.IsAutomatic(e)
	}
	if parts["mine"] {
		v.Mine = people.IsMine(e)
	}
	v.Scratch, v.TopLevel = IsScratch(e), IsTopLevel(e)
}
