package reconcile

import (
	"slices"
	"strings"
)

// Route says how messages reach a sink's queue.
type Route struct {
	Queue    string
	Exchange string
	Topics   []string // by which the queue is bound
}

// topic returns the routing key that a message would have had: with the prefix of the
// bindings, in the form of Fedora's messages where they are bound.
func (r *Route) topic(name string) string {
	for _, pattern := range r.Topics {
		if before, _, ok := strings.Cut(pattern, "buildsys."); ok && !strings.ContainsAny(before, "*#") {
			return before + "buildsys." + fedoraName(name)
		}
	}
	return r.prefix() + "." + name
}

// prefix returns the words before the first that is one of Koji's own or stands for any.
func (r *Route) prefix() string {
	for _, pattern := range r.Topics {
		words := strings.Split(pattern, ".")
		end := slices.IndexFunc(words, func(w string) bool {
			return slices.Contains([]string{"*", "#", "task", "build", "package", "repo", "import", "sign"}, w)
		})
		if end > 0 {
			return strings.Join(words[:end], ".")
		}
	}
	return "koji"
}

// fedoraName returns the end of a topic of Fedora Messaging.
func fedoraName(name string) string {
	kind, what, _ := strings.Cut(name, ".")
	switch {
	case name == "build.tag" || name == "build.untag":
		return what
	case name == "build.promote" || kind == "repo":
		return name
	case kind == "package":
		return "package.list.change"
	}
	return kind + ".state.change"
}

// wants reports whether the queue is bound for a message.
func (r *Route) wants(name string) bool {
	words := strings.Split(r.topic(name), ".")
	return slices.ContainsFunc(r.Topics, func(pattern string) bool {
		return matches(strings.Split(pattern, "."), words)
	})
}

// wantsAny reports whether the queue is bound for one of several messages.
func (r *Route) wantsAny(names ...string) bool { return slices.ContainsFunc(names, r.wants) }

// matches reports whether a topic exchange takes words to a queue that is bound with a
// pattern: * stands for one word, # for any number of them.
func matches(pattern, words []string) bool {
	switch {
	case len(pattern) == 0:
		return len(words) == 0
	case pattern[0] == "#":
		return matches(pattern[1:], words) || len(words) > 0 && matches(pattern, words[1:])
	}
	return len(words) > 0 && (pattern[0] == "*" || pattern[0] == words[0]) && matches(pattern[1:], words[1:])
}
