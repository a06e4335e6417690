// Package event defines the event, which is what kojiwatch produces: one thing
// that happened in the build system, with everything known about it. Its JSON is
// an API for programs that others write, so members are added but never removed
// or changed. docs/events.md describes it.
package event

//go:generate go run ./internal/gen ..

import (
	"cmp"
	"strconv"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// Schema names the form of the event in its JSON.
const Schema = "kojiwatch.event/v1"

// Type says what happened, in Koji's own words for its callbacks.
type Type string

// The types of events. Source: the hub's callbacks and its protonmsg plugin.
const (
	TaskStateChange   Type = "TaskStateChange"
	BuildStateChange  Type = "BuildStateChange"
	Tag               Type = "Tag"
	Untag             Type = "Untag"
	PackageListChange Type = "PackageListChange"
	Import            Type = "Import"
	RPMSign           Type = "RPMSign"
	RepoInit          Type = "RepoInit"
	RepoDone          Type = "RepoDone"
	BuildPromote      Type = "BuildPromote"
	// Unknown is anything else: it passes through with its body in Raw.
	Unknown Type = "Unknown"
)

// Types returns every type, Unknown last.
func Types() []Type {
	return []Type{
		TaskStateChange, BuildStateChange, Tag, Untag, PackageListChange,
		Import, RPMSign, RepoInit, RepoDone, BuildPromote, Unknown,
	}
}

// Dialect names the plugin whose way of writing messages a message follows.
type Dialect string

// The dialects.
const (
	Protonmsg  Dialect = "protonmsg"  // Koji's own plugin, over AMQP 1.0
	Fedora     Dialect = "fedora"     // Fedora Messaging
	Messagebus Dialect = "messagebus" // the old qpid plugin
	NoDialect  Dialect = "unknown"    // none of them: the event is Unknown
)

// Reconciled is the Origin of an event that was made of what the hub says.
const Reconciled = "reconciled"

// Event holds one thing that happened in the build system. What a message does
// not say is absent: a zero field is unknown, never a known zero.
//
// Fields with a json tag are the members of the event's JSON, in their order.
// Everything that must know the members is generated from here and from
// internal/schema: the writer, the reader, the view of filters, the example, the
// JSON Schema and the tables of docs/events.md. A comment is the description
// that stands there; after a change run "go generate ./event".
type Event struct {
	// The same for a redelivery and on every replica: the AMQP message id where
	// there is one, else a hash over exchange, routing key, application properties
	// and body.
	ID string `json:"id" schema:"required,minLength=1,maxLength=255" example:"id-1"`
	// Koji's name for what happened.
	Type Type `json:"type" schema:"required" example:"TaskStateChange"`
	// The plugin whose way of writing messages the message follows.
	Dialect Dialect `json:"dialect" schema:"required" example:"protonmsg"`
	// The routing key under which the message came.
	Topic string `json:"topic" example:"koji.task.closed"`
	// The name of the Koji instance, as configured, else as the message says.
	Instance string `json:"instance" example:"lab"`
	// reconciled: the broker did not deliver the message, and the hub was asked for what
	// it would have said. Absent for all that the broker delivered.
	Origin string `json:"origin" example:"reconciled"`
	// When the message came from the broker; in a replay when it was recorded, else
	// the newest time the message names. For a reconciled event when it happened, by
	// the hub's clock.
	ReceivedAt time.Time `json:"received_at" example:"2026-11-22T07:31:00.123456Z"`
	// The state before, by Koji's name; for BuildPromote the release of the draft.
	// Absent for a new task or build.
	Old string `json:"old" example:"OPEN"`
	// The state after; for BuildPromote the release it was promoted to.
	New string `json:"new" example:"CLOSED"`
	// The page of kojiweb about what the event is about. It is made of hub.weburl,
	// or of what a Fedora message says.
	URL string `json:"url" example:"https://koji.example.com/koji/taskinfo?taskID=1234"`
	// One sentence for people. Its wording may change.
	Summary string `json:"summary" example:"alice's python3 scratch build closed"`

	// The task the event is about.
	Task *koji.Task `json:"task"`
	// The build the event is about.
	Build *koji.Build `json:"build"`
	// The tag of Tag, Untag, PackageListChange, RepoInit and RepoDone.
	Tag koji.Ref `json:"tag" example:"1 f44-updates"`
	// Who did it (Tag, Untag, PackageListChange, BuildPromote).
	User koji.Ref `json:"user" example:"5 alice"`
	// The package of PackageListChange.
	Package koji.Ref `json:"package" example:"9 python3"`
	// Who owns the package in the tag (PackageListChange).
	Owner koji.Ref `json:"owner" example:"6 bob"`
	// What was done to the package list: add, update, block, unblock or remove.
	Action string `json:"action" example:"add"`
	// What was imported: build, rpm, archive, cg or image.
	ImportType string `json:"import_type" example:"rpm"`
	// The repository that was begun or done.
	Repo *Repo `json:"repo"`
	// The RPM that was signed or imported.
	RPM *RPM `json:"rpm"`
	// How long the task or build will take.
	Estimate *Estimate `json:"estimate"`
	// Why the task or build failed, where the sink asks for it.
	Failure *Failure `json:"failure"`
	// What was added to the message's own facts.
	Enrichment Enrichment `json:"enrichment" schema:"required"`
	// The message's body, with null for NaN and infinities; a text if it nests deeper
	// than 500 levels. There for Unknown events, and for others on request.
	Raw []byte `json:"raw" example:"{\"attribute\": \"state\"}"`

	// BaseURL is the scheme and host of the hub where the message names them.
	// It is not part of the JSON: links are made of it.
	BaseURL string
}

// Repo holds the repository that was begun or done.
type Repo struct {
	koji.Repo
	// Expired is true where the repository was out of date when it was done
	// (RepoDone).
	Expired koji.Opt[bool]
}

// RPM holds the RPM that was signed or imported.
type RPM struct {
	koji.RPM
	// SigKey is the id of the key that signed it; "" when the event is not about
	// a signature.
	SigKey string
}

// Estimate says how long a task or build will take. The event that ends it
// carries the last one made before.
type Estimate struct {
	// When a task that waits will start.
	StartsAt time.Time `json:"starts_at" example:"2026-11-22T07:31:00.123456Z"`
	// When it will most likely be done.
	CompletionAt time.Time `json:"completion_at" example:"2026-11-22T08:31:00.123456Z"`
	// The lower end of the interval that holds completion_at four times in five.
	CompletionLow time.Time `json:"completion_low" example:"2026-11-22T08:29:00.123456Z"`
	// The upper end of that interval.
	CompletionHigh time.Time `json:"completion_high" example:"2026-11-22T08:37:00.123456Z"`
	// How many tasks in the queue start before this one, while it waits for a host.
	Ahead int `json:"ahead" example:"9"`
	// Seconds from the event's time to completion_at; never negative.
	Remaining koji.Opt[time.Duration] `json:"remaining" example:"300"`
	// Seconds from its start to its end, most likely.
	Duration koji.Opt[time.Duration] `json:"duration" example:"720"`
	// The lower end of the interval that holds the duration four times in five.
	Low koji.Opt[time.Duration] `json:"low" example:"600"`
	// The upper end of that interval.
	High koji.Opt[time.Duration] `json:"high" example:"1100"`
	// How many earlier runs the basis stands for.
	Samples int `json:"samples" example:"5"`
	// What the estimate goes by.
	Basis string `json:"basis" example:"hub-average"`
	// It has run longer than was likely at its start.
	Overdue bool `json:"overdue" example:"false"`
}

// Failure says why a task or build failed.
type Failure struct {
	// The task that failed first: the event's own, or one below it.
	Task int64 `json:"task" schema:"required" example:"1235"`
	// The arch that task works for.
	Arch string `json:"arch" example:"s390x"`
	// The builder that ran it.
	Host string `json:"host" example:"buildvm-s390x-01.example.com"`
	// The file of the task that explains the failure. Absent: what the builder said does.
	Log string `json:"log" example:"build.log"`
	// The line that tells the cause: at most 300 characters, secrets masked.
	Line string `json:"line" example:"src/pool.c:142:17: error: 'POOL_MAX' undeclared"`
	// The log on kojiweb, else the page of the task.
	URL string `json:"url" example:"https://koji.example.com/koji/getfile?taskID=1235&volume=DEFAULT&name=build.log"`
	// The kind of failure: compile, configure, dependency, disk, files, install, killed, network, policy, setup, source, spec, test, timeout or other. More may come.
	Kind string `json:"kind" schema:"required" example:"compile"`
}

// Status says how far enrichment got.
type Status string

// The statuses.
const (
	StatusNone     Status = "none"     // nothing was asked: no hub is configured
	StatusComplete Status = "complete" // nothing is missing that could be had
	StatusPartial  Status = "partial"  // Missing names the gaps
)

// String returns the status; that of a zero Status is none.
func (s Status) String() string { return string(cmp.Or(s, StatusNone)) }

// Enrichment says what was added to the message's own facts. The zero value
// is StatusNone.
type Enrichment struct {
	// none: no hub was asked. complete: nothing is missing that could be had.
	// partial: missing names the gaps.
	Status Status `json:"status" schema:"required" example:"partial"`
	// The facts that could not be had.
	Missing []Gap `json:"missing" schema:"required"`
}

// Gap names one fact that could not be had.
type Gap struct {
	// Where the fact would stand in the event.
	Path string `json:"path" schema:"required" example:"task.owner.name"`
	// Why it is missing.
	Reason string `json:"reason" schema:"required" example:"timeout"`
}

// Key returns what the event is about, for ordering: events with the same key
// reach a sink in the order in which the broker delivered them. It is the
// task, the build, else the tag; an Unknown event's key is its topic.
func (e *Event) Key() Key {
	switch {
	case e.Task != nil && e.Task.ID != 0:
		return Key{kind: 't', id: e.Task.ID}
	case e.Build != nil && e.Build.ID != 0:
		return Key{kind: 'b', id: e.Build.ID}
	case e.Build != nil && e.Build.NVR != "":
		return Key{kind: 'b', name: e.Build.NVR}
	case e.Repo != nil && e.Repo.Tag.Name != "":
		return Key{kind: 'g', name: e.Repo.Tag.Name}
	case e.Tag.Name != "":
		return Key{kind: 'g', name: e.Tag.Name}
	}
	return Key{kind: '?', name: e.Topic}
}

// String returns the key for people, like "task 82" or "build bash-5.2-1".
func (k Key) String() string {
	word := map[byte]string{'t': "task", 'b': "build", 'g': "tag"}[k.kind]
	switch {
	case word == "":
		return k.name
	case k.id != 0:
		return word + " " + strconv.FormatInt(k.id, 10)
	}
	return word + " " + k.name
}

// Key names what an event is about. Keys can be compared.
type Key struct {
	kind byte
	id   int64
	name string
}
