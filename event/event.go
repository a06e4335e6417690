// Package event defines the event, kojiwatch's product: one thing that
// happened in the build system, with all that is known about it, and its form
// as JSON. The form is an API for programs that others write: it only grows.
// docs/events.md describes it for its readers.
package event

import (
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

// Dialect is the plugin whose way of writing messages the message follows.
type Dialect string

// The dialects.
const (
	Protonmsg  Dialect = "protonmsg"  // Koji's own plugin, over AMQP 1.0
	Fedora     Dialect = "fedora"     // Fedora Messaging
	Messagebus Dialect = "messagebus" // the old qpid plugin
	NoDialect  Dialect = "unknown"    // none of them: the event is Unknown
)

// Event is one thing that happened in the build system. What a message does
// not say is absent: a zero field is unknown, never a known zero.
type Event struct {
	// ID is the same for a redelivery and on every replica. It is the AMQP
	// message id where there is one, else a hash; see parse.
	ID      string
	Type    Type
	Dialect Dialect
	// Topic is the routing key under which the message came.
	Topic string
	// Instance is the name that the configuration or the message gives the
	// Koji instance.
	Instance string
	// ReceivedAt is when the message came from the broker; in a replay, when
	// it was recorded, or else the newest time the message names.
	ReceivedAt time.Time
	// Old and New are the states before and after, by Koji's names; for
	// BuildPromote, the releases.
	Old, New string
	// BaseURL is the scheme and host of the hub where the message names them.
	// It is not part of the JSON: links are made of it.
	BaseURL string
	// URL is the page of kojiweb that shows what the event is about.
	URL string
	// Summary is one plain sentence for people.
	Summary string

	// A sub-object is there only where the event is about it.
	Task    *koji.Task
	Build   *koji.Build
	Repo    *Repo
	RPM     *RPM
	Tag     koji.Ref
	User    koji.Ref // who did it
	Package koji.Ref
	// Owner is who owns the package in the tag (PackageListChange).
	Owner koji.Ref
	// Action is what was done to a package list: add, update, block, unblock
	// or remove.
	Action string
	// ImportType is what was imported: build, rpm, archive, cg or image.
	ImportType string

	Estimate   *Estimate
	Enrichment Enrichment
	// Raw is the message's body as JSON. It is there for Unknown events, and
	// for others on request.
	Raw []byte
}

// Repo is the repository that was begun or done.
type Repo struct {
	koji.Repo
	// Expired: it was out of date when it was done (RepoDone).
	Expired koji.Opt[bool]
}

// RPM is the RPM that was signed or imported.
type RPM struct {
	koji.RPM
	// SigKey is the key's id with which it was signed; "" when the event is
	// not about a signature.
	SigKey string
}

// Estimate says how long a task or build will take. On the event that it has ended, it
// is what was said last.
type Estimate struct {
	StartsAt     time.Time               // zero unless it waits
	CompletionAt time.Time               // zero: unknown
	Remaining    koji.Opt[time.Duration] // counted from the event's time
	Duration     koji.Opt[time.Duration] // from start to end, most likely
	Low, High    koji.Opt[time.Duration] // the interval that holds it four times in five
	Samples      int                     // how many earlier runs Basis means; 0: none, or not known
	Basis        string                  // what it goes by; see package estimates
	Overdue      bool                    // it has run longer than was to be expected
}

// Status says how far enrichment got.
type Status string

// The statuses.
const (
	StatusNone     Status = "none"     // nothing was asked: no hub is configured
	StatusComplete Status = "complete" // nothing is missing that could be had
	StatusPartial  Status = "partial"  // Missing names the gaps
)

// Enrichment says what was added to the message's own facts. The zero value
// is StatusNone.
type Enrichment struct {
	Status  Status
	Missing []Gap
}

// Gap is one fact that could not be had.
type Gap struct {
	Path   string // where it would stand in the JSON, like "task.owner.name"
	Reason string
}

// Key names what the event is about, for ordering: events with the same key
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

// String names it for people, like "task 82" or "build bash-5.2-1".
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

// Key is a comparable name for what an event is about.
type Key struct {
	kind byte
	id   int64
	name string
}
