package koji

import "time"

// RepoState is the state of a repository. Its zero value means unknown; see TaskState
// for the numbers.
//
// Source: koji.REPO_STATES.
type RepoState uint8

// The states of a repository.
const (
	RepoUnknown RepoState = iota // not known
	RepoInit                     // INIT: it is being created
	RepoReady                    // READY
	RepoExpired                  // EXPIRED: a newer one has replaced it
	RepoDeleted                  // DELETED
	RepoProblem                  // PROBLEM: it could not be deleted
)

var repoStateNames = [...]string{"", "INIT", "READY", "EXPIRED", "DELETED", "PROBLEM"}

// String returns Koji's name of the state, "" if it is not known.
func (s RepoState) String() string { return stateName(repoStateNames[:], uint8(s)) }

// Number returns Koji's number of the state, -1 if it is not known.
func (s RepoState) Number() int { return stateNumber(repoStateNames[:], uint8(s)) }

// RepoStateOf returns the state with Koji's number n; RepoUnknown if there is none.
func RepoStateOf(n int64) RepoState { return RepoState(stateOf(repoStateNames[:], n)) }

// RepoStateNamed returns the state with Koji's name; RepoUnknown if there is none.
func RepoStateNamed(name string) RepoState {
	return RepoState(stateNamed(repoStateNames[:], name))
}

// Repo is a repository of the builds in a tag.
type Repo struct {
	ID      int64 // 0: not known
	Tag     Ref
	State   RepoState // still INIT in the message about a finished repository
	TaskID  int64     // 0: none, or not known
	Dist    Opt[bool] // it is for use outside the build system
	EventID int64     // it contains the builds that the tag had at this event of the hub
	Created time.Time
	Changed time.Time // the time of the last change of state
	URL     string    // kojiweb's page
}

// Ref returns the repository's id and its tag's name.
func (r *Repo) Ref() Ref { return Ref{ID: r.ID, Name: r.Tag.Name} }
