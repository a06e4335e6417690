package parse

import (
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/event"
)

// kind is the presumed kind of a message.
type kind struct {
	event   event.Type
	dialect event.Dialect
	// topical means that the routing key is one of Koji's for this type.
	topical bool
	// sure means that, in addition, the message itself has the type. Otherwise, if
	// the body does not fit, the event is Unknown, because other senders may use
	// the same topics and names as Koji.
	sure bool
}

// classify determines the kind of a message: by its topic for Fedora Messaging (whose schema
// header is sometimes just "base.message"), or by the event name in its properties, or by
// its routing key.
func classify(d *Delivery, props properties) kind {
	if t, ok := fedoraTopic(d.RoutingKey); ok {
		return kind{event: t, dialect: event.Fedora, topical: true, sure: props.fedora}
	}
	k := kind{dialect: event.Messagebus}
	if k.event, k.topical = messagebusSubject(d.RoutingKey); !k.topical {
		k.dialect = event.Protonmsg
		k.event, k.topical = protonTopic(d.RoutingKey)
	}
	if props.typ != "" {
		k.topical = k.topical && k.event == props.typ
		k.event, k.sure = props.typ, k.topical
	}
	if k.event == event.Unknown {
		k.dialect = event.NoDialect
	}
	return k
}

// namedType returns the type with a name of Koji's.
func namedType[T string | []byte](name T) (event.Type, bool) {
	for _, t := range [...]event.Type{
		event.TaskStateChange, event.BuildStateChange, event.Tag, event.Untag,
		event.PackageListChange, event.Import, event.RPMSign, event.RepoInit,
		event.RepoDone, event.BuildPromote,
	} {
		if string(name) == string(t) {
			return t, true
		}
	}
	return "", false
}

// fedoraTopic parses a topic of Fedora Messaging with any prefix:
// "org.fedoraproject.prod.buildsys.task.state.change".
// Source: koji-fedoramessaging, camel_to_dots.
func fedoraTopic(key string) (event.Type, bool) {
	i := strings.LastIndex(key, "buildsys.")
	if i < 0 || i > 0 && key[i-1] != '.' {
		return event.Unknown, false
	}
	switch key[i+len("buildsys."):] {
	case "task.state.change":
		return event.TaskStateChange, true
	case "build.state.change":
		return event.BuildStateChange, true
	case "package.list.change":
		return event.PackageListChange, true
	case "tag":
		return event.Tag, true
	case "untag":
		return event.Untag, true
	case "repo.init":
		return event.RepoInit, true
	case "repo.done":
		return event.RepoDone, true
	case "rpm.sign":
		return event.RPMSign, true
	case "build.promote":
		return event.BuildPromote, true
	}
	return event.Unknown, false
}

// protonTopic parses the end of a protonmsg routing key, such as "koji.task.closed".
// Source: koji's protonmsg plugin, the prep functions.
func protonTopic(key string) (event.Type, bool) {
	rest, last := cutLast(key)
	_, subject := cutLast(rest)
	switch subject {
	case "task":
		return topic(event.TaskStateChange, last, "free", "assigned", "open", "closed", "canceled", "failed")
	case "build":
		switch last {
		case "tag":
			return event.Tag, true
		case "untag":
			return event.Untag, true
		case "promote":
			return event.BuildPromote, true
		}
		return topic(event.BuildStateChange, last, "building", "complete", "deleted", "failed", "canceled")
	case "package":
		return topic(event.PackageListChange, last, "add", "update", "block", "unblock", "remove")
	case "import":
		return topic(event.Import, last, "build", "rpm", "archive", "cg", "image")
	case "sign":
		return topic(event.RPMSign, last, "rpm")
	case "repo":
		switch last {
		case "init":
			return event.RepoInit, true
		case "done":
			return event.RepoDone, true
		}
	}
	return event.Unknown, false
}

// topic returns the type if the last word of a key is one of its words.
func topic(t event.Type, last string, words ...string) (event.Type, bool) {
	if slices.Contains(words, last) {
		return t, true
	}
	return event.Unknown, false
}

// messagebusSubject returns the event type in a subject of the old qpid plugin, such as
// "koji.TaskStateChange.buildArch.state".
// Source: koji's messagebus plugin, removed in 1.17.
func messagebusSubject(key string) (event.Type, bool) {
	for word := range strings.SplitSeq(key, ".") {
		if t, ok := namedType(word); ok {
			return t, true
		}
	}
	return event.Unknown, false
}

func cutLast(key string) (before, after string) {
	i := strings.LastIndexByte(key, '.')
	if i < 0 {
		return "", key
	}
	return key[:i], key[i+1:]
}
