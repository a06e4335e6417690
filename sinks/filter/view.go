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

// fill sets the view to an event: the members of its JSON, and the predicates. It fills
// only the parts that the expression uses; the others may hold values of an earlier event.
// Objects are never nil, so that an expression reads unknown members as zero values. They
// are pointers so that reading one member does not copy the whole object.
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
