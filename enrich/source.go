package enrich

import (
	"context"
	"errors"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// Hub looks up facts that messages lack. Its methods may be called concurrently; an
// implementation should batch such calls. It returns [koji.ErrNotFound] if there is no such
// object, and [ErrFault] if the hub refuses. Any other error means that the hub did not
// answer.
type Hub interface {
	// Task returns a task with its request.
	Task(ctx context.Context, id int64) (koji.Task, error)
	// Build returns a build.
	Build(ctx context.Context, id int64) (koji.Build, error)
	// BuildOf returns the build that a task made, the last of several.
	BuildOf(ctx context.Context, task int64) (koji.Build, error)
	// TagsOf returns the names of the tags that a build is in.
	TagsOf(ctx context.Context, build int64) ([]string, error)
}

// Names looks up names by ids. Its errors are those of [Hub].
type Names interface {
	// Peek returns a name if it is known, without blocking. A known empty name means that
	// there is no object with this id.
	Peek(kind namecache.Kind, id int64) (name string, known bool)
	// Get looks up a name.
	Get(ctx context.Context, kind namecache.Kind, id int64) (string, error)
	// Learn records a name from a message sent at a time.
	Learn(kind namecache.Kind, id int64, name string, at time.Time)
}

// ErrFault reports that the hub refuses to answer.
var ErrFault = errors.New("the hub refuses")

// The reasons of gaps, as events name them.
const (
	ReasonTimeout  = "timeout"   // the hub did not answer in time
	ReasonHubDown  = "hub-down"  // the hub has failed and was not asked, or not waited for
	ReasonNotFound = "not-found" // the hub has no such object
	ReasonFault    = "fault"     // the hub refused to answer
	ReasonNotSaid  = "not-said"  // the message does not contain what is needed to look it up
)

// reasonOf returns the reason of a gap from the error of a lookup.
func reasonOf(err error) string {
	switch {
	case errors.Is(err, koji.ErrNotFound):
		return ReasonNotFound
	case errors.Is(err, ErrFault):
		return ReasonFault
	case errors.Is(err, context.DeadlineExceeded):
		return ReasonTimeout
	}
	return ReasonHubDown
}

// passing reports whether a gap may be filled later.
func passing(reason string) bool { return reason == ReasonTimeout || reason == ReasonHubDown }
