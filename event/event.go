// Package event defines kojiwatch's events. An event describes one thing that happened in
// the build system, with all the facts known about it. Its JSON is a public API: members
// may be added, but are never removed or changed. docs/events.md describes it.
package event

//go:generate go run ./internal/gen ..

import (
	"cmp"
	"strconv"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// Schema is the name and version of the JSON schema of events.
const Schema = "kojiwatch.event/v1"

// Type says what happened. The names are those of Koji's callbacks, but for Campaign and
// Alert, which kojiwatch itself finds.
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
	// CampaignType is a step of a campaign, AlertType an alert about the build system.
	CampaignType Type = "Campaign"
	AlertType    Type = "Alert"
	// Unknown is any other message. Its body is in Raw.
	Unknown Type = "Unknown"
)

// Types returns every type, Unknown last.
func Types() []Type {
	return []Type{
		TaskStateChange, BuildStateChange, Tag, Untag, PackageListChange,
		Import, RPMSign, RepoInit, RepoDone, BuildPromote, CampaignType, AlertType, Unknown,
	}
}

// Dialect is the plugin whose message format a message has.
type Dialect string

// The dialects.
const (
	Protonmsg  Dialect = "protonmsg"  // Koji's own plugin, over AMQP 1.0
	Fedora     Dialect = "fedora"     // Fedora Messaging
	Messagebus Dialect = "messagebus" // the old qpid plugin
	Kojiwatch  Dialect = "kojiwatch"  // none: kojiwatch itself made the event
	NoDialect  Dialect = "unknown"    // none of these: the event is Unknown
)

// Reconciled is the Origin of an event that was made from the hub's data.
const Reconciled = "reconciled"

// Event describes one thing that happened in the build system. A zero field means that the
// fact is unknown; it is absent from the JSON.
//
// Fields with a json tag are the members of the event's JSON, in order. These structs and
// those of internal/schema are the source of all code and documents that list the members:
// the writer, the reader, the view of filters, the example, the JSON Schema and the tables
// of docs/events.md. The comment of a field is its description there. After a change, run
// "go generate ./event".
type Event struct {
	// The id of the message, the same for a redelivery and on every replica: the AMQP
	// message id if there is one, else a hash of exchange, routing key, application
	// properties and body.
	ID string `json:"id" schema:"required,minLength=1,maxLength=255" example:"id-1"`
	// Koji's name for what happened; Campaign and Alert are kojiwatch's own.
	Type Type `json:"type" schema:"required" example:"TaskStateChange"`
	// The plugin whose message format the message has.
	Dialect Dialect `json:"dialect" schema:"required" example:"protonmsg"`
	// The routing key of the message.
	Topic string `json:"topic" example:"koji.task.closed"`
	// The name of the Koji instance from the configuration, else from the message.
	Instance string `json:"instance" example:"lab"`
	// reconciled: the broker did not deliver a message, and the event was made from the
	// hub's data. Absent for events that the broker delivered.
	Origin string `json:"origin" example:"reconciled"`
	// When the broker delivered the message; in a replay, when it was recorded, else the
	// latest time in the message. For a reconciled event, when it happened by the hub's
	// clock.
	ReceivedAt time.Time `json:"received_at" example:"2026-11-22T07:31:00.123456Z"`
	// The state before, by Koji's name; for BuildPromote the release of the draft.
	// Absent for a new task or build.
	Old string `json:"old" example:"OPEN"`
	// The state after; for BuildPromote the release it was promoted to.
	New string `json:"new" example:"CLOSED"`
	// The kojiweb page of the event's task, build or other object. It is made from
	// hub.weburl or from a Fedora message.
	URL string `json:"url" example:"https://koji.example.com/koji/taskinfo?taskID=1234"`
	// One sentence for people. Its wording may change.
	Summary string `json:"summary" example:"alice's python3 scratch build closed"`

	// The task the event is about.
	Task *koji.Task `json:"task"`
	// The build the event is about.
	Build *koji.Build `json:"build"`
	// The tag of Tag, Untag, PackageListChange, RepoInit and RepoDone.
	Tag koji.Ref `json:"tag" example:"1 f44-updates"`
	// The user who did it (Tag, Untag, PackageListChange, BuildPromote).
	User koji.Ref `json:"user" example:"5 alice"`
	// The package of PackageListChange.
	Package koji.Ref `json:"package" example:"9 python3"`
	// The owner of the package in the tag (PackageListChange).
	Owner koji.Ref `json:"owner" example:"6 bob"`
	// What was done to the package list: add, update, block, unblock or remove.
	Action string `json:"action" example:"add"`
	// What was imported: build, rpm, archive, cg or image.
	ImportType string `json:"import_type" example:"rpm"`
	// The repository whose generation began or ended.
	Repo *Repo `json:"repo"`
	// The RPM that was signed or imported.
	RPM *RPM `json:"rpm"`
	// The campaign that has reached a step.
	Campaign *Campaign `json:"campaign"`
	// What is wrong with the build system, or no longer is.
	Alert *Alert `json:"alert"`
	// How long the task or build will take.
	Estimate *Estimate `json:"estimate"`
	// Why the task or build failed, if the sink is configured to include it.
	Failure *Failure `json:"failure"`
	// Whether facts were added from the hub.
	Enrichment Enrichment `json:"enrichment" schema:"required"`
	// The message's body, with null for NaN and infinities; a string if it nests deeper
	// than 500 levels. Present for Unknown events, and for others if configured.
	Raw []byte `json:"raw" example:"{\"attribute\": \"state\"}"`

	// BaseURL is the scheme and host of the hub if the message contains them. It is not
	// part of the JSON; links are made from it.
	BaseURL string
}

// Repo is the repository whose generation began or ended.
type Repo struct {
	koji.Repo
	// Expired is true if the repository was already out of date when it was done
	// (RepoDone).
	Expired koji.Opt[bool]
}

// RPM is the RPM that was signed or imported.
type RPM struct {
	koji.RPM
	// SigKey is the id of the key that signed the RPM, "" if the event is not about a
	// signature.
	SigKey string
}

// Estimate says how long a task or build will take. The final event of a task or build has
// the last estimate made before it.
type Estimate struct {
	// When a waiting task will start.
	StartsAt time.Time `json:"starts_at" example:"2026-11-22T07:31:00.123456Z"`
	// When it will most likely be done.
	CompletionAt time.Time `json:"completion_at" example:"2026-11-22T08:31:00.123456Z"`
	// The lower bound of the interval that contains the completion in 80 % of cases.
	CompletionLow time.Time `json:"completion_low" example:"2026-11-22T08:29:00.123456Z"`
	// The upper bound of that interval.
	CompletionHigh time.Time `json:"completion_high" example:"2026-11-22T08:37:00.123456Z"`
	// How many tasks in the queue start before this one, while it waits for a host.
	Ahead int `json:"ahead" example:"9"`
	// Seconds from the event's time to completion_at; never negative.
	Remaining koji.Opt[time.Duration] `json:"remaining" example:"300"`
	// The most likely number of seconds from its start to its end.
	Duration koji.Opt[time.Duration] `json:"duration" example:"720"`
	// The lower bound of the interval that contains the duration in 80 % of cases.
	Low koji.Opt[time.Duration] `json:"low" example:"600"`
	// The upper bound of that interval.
	High koji.Opt[time.Duration] `json:"high" example:"1100"`
	// How many earlier runs the estimate is based on.
	Samples int `json:"samples" example:"5"`
	// What the estimate is based on.
	Basis string `json:"basis" example:"hub-average"`
	// Whether it has run longer than expected at its start.
	Overdue bool `json:"overdue" example:"false"`
}

// Failure says why a task or build failed.
type Failure struct {
	// The task that failed first: the event's own, or one below it.
	Task int64 `json:"task" schema:"required" example:"1235"`
	// The arch of that task.
	Arch string `json:"arch" example:"s390x"`
	// The builder that ran it.
	Host string `json:"host" example:"buildvm-s390x-01.example.com"`
	// The task's log file that explains the failure. Absent if the builder's own message
	// explains it.
	Log string `json:"log" example:"build.log"`
	// The line that states the cause: at most 300 characters, secrets masked.
	Line string `json:"line" example:"src/pool.c:142:17: error: 'POOL_MAX' undeclared"`
	// The address of the log on kojiweb, else of the task's page.
	URL string `json:"url" example:"https://koji.example.com/koji/getfile?taskID=1235&volume=DEFAULT&name=build.log"`
	// The kind of failure: compile, configure, dependency, disk, files, install, killed, network, policy, setup, source, spec, test, timeout or other. More may come.
	Kind string `json:"kind" schema:"required" example:"compile"`
}

// Status says how complete the enrichment is.
type Status string

// The statuses.
const (
	StatusNone     Status = "none"     // the hub was not asked: none is configured
	StatusComplete Status = "complete" // all facts that the hub has were added
	StatusPartial  Status = "partial"  // some facts are missing: see Missing
)

// String returns the status. The zero Status is StatusNone.
func (s Status) String() string { return string(cmp.Or(s, StatusNone)) }

// Enrichment says whether facts were added from the hub. The zero value means StatusNone.
type Enrichment struct {
	// none: no hub was asked. complete: all facts that the hub has were added. partial:
	// some facts are missing.
	Status Status `json:"status" schema:"required" example:"partial"`
	// The facts that could not be added.
	Missing []Gap `json:"missing" schema:"required"`
}

// Gap is one fact that could not be added.
type Gap struct {
	// The path of the fact in the event.
	Path string `json:"path" schema:"required" example:"task.owner.name"`
	// Why it is missing.
	Reason string `json:"reason" schema:"required" example:"timeout"`
}

// Key returns the key for ordering: events with the same key reach a sink in the order in
// which the broker delivered them. The key is the event's task, build, tag, campaign or
// alert, whichever is known first, or else its topic.
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
	case e.Campaign != nil:
		return Key{kind: 'c', name: e.Campaign.Name}
	case e.Alert != nil:
		return Key{kind: 'a', name: e.Alert.Key}
	}
	return Key{kind: '?', name: e.Topic}
}

// String returns the key for people, like "task 82" or "build bash-5.2-1".
func (k Key) String() string {
	word := map[byte]string{'t': "task", 'b': "build", 'g': "tag", 'c': "campaign", 'a': "alert"}[k.kind]
	switch {
	case word == "":
		return k.name
	case k.id != 0:
		return word + " " + strconv.FormatInt(k.id, 10)
	}
	return word + " " + k.name
}

// Key identifies the object that an event is about. Keys are comparable.
type Key struct {
	kind byte
	id   int64
	name string
}
