package koji

// TaskState is the state of a task. Its zero value means unknown. To convert from and to
// Koji's numbers, which start at 0 for FREE and are not in the order of a task's
// lifecycle, use TaskStateOf and Number.
//
// Source: koji.TASK_STATES.
type TaskState uint8

// The states of a task.
const (
	TaskUnknown  TaskState = iota // not known
	TaskFree                      // FREE: waiting for a host
	TaskOpen                      // OPEN: running on a host
	TaskClosed                    // CLOSED: succeeded
	TaskCanceled                  // CANCELED: canceled by a user, its parent or the hub
	TaskAssigned                  // ASSIGNED: a host is chosen but has not started it
	TaskFailed                    // FAILED: ended with a fault
)

var taskStateNames = [...]string{"", "FREE", "OPEN", "CLOSED", "CANCELED", "ASSIGNED", "FAILED"}

// String returns Koji's name of the state, "" if it is not known.
func (s TaskState) String() string { return stateName(taskStateNames[:], uint8(s)) }

// Number returns Koji's number of the state, -1 if it is not known.
func (s TaskState) Number() int { return stateNumber(taskStateNames[:], uint8(s)) }

// Final reports whether a task in this state will not run again.
func (s TaskState) Final() bool {
	return s == TaskClosed || s == TaskCanceled || s == TaskFailed
}

// TaskStateOf returns the state with Koji's number n; TaskUnknown if there is none.
func TaskStateOf(n int64) TaskState { return TaskState(stateOf(taskStateNames[:], n)) }

// TaskStateNamed returns the state with Koji's name, in upper case; TaskUnknown if there
// is none.
func TaskStateNamed(name string) TaskState { return TaskState(stateNamed(taskStateNames[:], name)) }

// BuildState is the state of a build. Its zero value means unknown; see TaskState for the
// numbers. The numbers of builds and tasks differ: FAILED is 3 for a build and 5 for a
// task.
//
// Source: koji.BUILD_STATES.
type BuildState uint8

// The states of a build.
const (
	BuildUnknown  BuildState = iota // not known
	BuildBuilding                   // BUILDING
	BuildComplete                   // COMPLETE
	BuildDeleted                    // DELETED: only the record remains
	BuildFailed                     // FAILED
	BuildCanceled                   // CANCELED
)

var buildStateNames = [...]string{"", "BUILDING", "COMPLETE", "DELETED", "FAILED", "CANCELED"}

// String returns Koji's name of the state, "" if it is not known.
func (s BuildState) String() string { return stateName(buildStateNames[:], uint8(s)) }

// Number returns Koji's number of the state, -1 if it is not known.
func (s BuildState) Number() int { return stateNumber(buildStateNames[:], uint8(s)) }

// Final reports whether the build has ended. A failed or canceled build may still be
// recycled: built again with the same id.
func (s BuildState) Final() bool { return s != BuildUnknown && s != BuildBuilding }

// BuildStateOf returns the state with Koji's number n; BuildUnknown if there is none.
func BuildStateOf(n int64) BuildState { return BuildState(stateOf(buildStateNames[:], n)) }

// BuildStateNamed returns the state with Koji's name; BuildUnknown if there is none.
func BuildStateNamed(name string) BuildState {
	return BuildState(stateNamed(buildStateNames[:], name))
}

func stateName(names []string, s uint8) string {
	if int(s) >= len(names) {
		return ""
	}
	return names[s]
}

func stateNumber(names []string, s uint8) int {
	if s == 0 || int(s) >= len(names) {
		return -1
	}
	return int(s) - 1
}

func stateOf(names []string, n int64) uint8 {
	if n < 0 || n >= int64(len(names)-1) {
		return 0
	}
	return uint8(n + 1)
}

func stateNamed(names []string, name string) uint8 {
	for i, n := range names {
		if n == name {
			return uint8(i)
		}
	}
	return 0
}
