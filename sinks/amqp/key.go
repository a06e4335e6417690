package amqp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/event"
)

// Bounds in bytes: AMQP's limit of a routing key, and our limit of each word that
// comes from an event.
const (
	maxKey  = 255
	maxWord = 64
)

// Key is a template for routing keys: words separated by dots, in which {name} stands
// for a fact of the event.
type Key struct{ parts []part }

// part is literal text followed by the name of a fact, "" for none.
type part struct{ text, fact string }

// Facts returns the names that a template may contain.
func Facts() []string {
	return []string{"kind", "type", "state", "package", "method", "owner", "tag", "target", "instance"}
}

// ParseKey parses a template, such as kojiwatch.{kind}.{state}.{package}.
func ParseKey(template string) (Key, error) {
	var k Key
	rest := template
	for rest != "" {
		text, after, found := strings.Cut(rest, "{")
		if strings.ContainsAny(text, "}*#") {
			return k, fmt.Errorf("%.60q holds one of } * # in its text", template)
		}
		p := part{text: text}
		if found {
			var closed bool
			p.fact, rest, closed = strings.Cut(after, "}")
			if !closed {
				return k, fmt.Errorf("%.60q lacks a }", template)
			}
			if !slices.Contains(Facts(), p.fact) {
				return k, fmt.Errorf("there is no {%.40s}; there are {%s}", p.fact, strings.Join(Facts(), "}, {"))
			}
		} else {
			rest = ""
		}
		k.parts = append(k.parts, p)
	}
	if n := len(k.For(&event.Event{})); n == 0 || n > maxKey-maxWord*len(k.parts) {
		return k, fmt.Errorf("%.60q makes no key, or one longer than %d bytes", template, maxKey)
	}
	return k, nil
}

// For returns the routing key for an event. A fact that the event lacks becomes a dash.
func (k Key) For(e *event.Event) string {
	var b strings.Builder
	for _, p := range k.parts {
		b.WriteString(p.text)
		if p.fact != "" {
			b.WriteString(word(fact(e, p.fact)))
		}
	}
	return b.String()
}

// word turns untrusted text into one word of a routing key: at most maxWord bytes of
// letters, digits and a few signs, without dots or wildcards. It also changes
// "buildsys", which kojiwatch's default topics match, so that a published event is not
// consumed again.
func word(s string) string {
	if s == "" {
		return "-"
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-_+~", r):
			return r
		}
		return '_'
	}, s)
	s = s[:min(len(s), maxWord)]
	if s == "buildsys" {
		return "buildsys_"
	}
	return s
}

func fact(e *event.Event, name string) string {
	switch name {
	case "kind":
		return kind(e)
	case "type":
		return string(e.Type)
	case "state":
		return strings.ToLower(state(e))
	case "package":
		return packageOf(e)
	case "instance":
		return e.Instance
	case "tag":
		return tagOf(e)
	}
	return taskFact(e, name)
}

func taskFact(e *event.Event, name string) string {
	if e.Task == nil && e.Build != nil {
		return map[string]string{"owner": e.Build.Owner.Name, "target": e.Build.Target}[name]
	}
	if e.Task == nil {
		return ""
	}
	switch name {
	case "method":
		return e.Task.Method
	case "owner":
		return e.Task.Owner.Name
	}
	return e.Task.Target().Name
}

// kind returns one word for the object that the event is about.
func kind(e *event.Event) string {
	switch e.Type {
	case event.TaskStateChange:
		return "task"
	case event.BuildStateChange, event.BuildPromote:
		return "build"
	case event.Tag, event.Untag:
		return "tag"
	case event.PackageListChange:
		return "package"
	case event.Import:
		return "import"
	case event.RPMSign:
		return "rpm"
	case event.RepoInit, event.RepoDone:
		return "repo"
	case event.CampaignType:
		return "campaign"
	case event.AlertType:
		return "alert"
	}
	return "unknown"
}

// state returns the new state, or what happened to an object without states.
func state(e *event.Event) string {
	switch e.Type {
	case event.TaskStateChange, event.BuildStateChange:
		return e.New
	case event.PackageListChange:
		return e.Action
	case event.RepoInit:
		return "init"
	case event.RepoDone:
		return "done"
	}
	switch {
	case e.Campaign != nil:
		return string(e.Campaign.Step)
	case e.Alert != nil:
		return string(e.Alert.State)
	}
	return string(e.Type)
}

func packageOf(e *event.Event) string {
	switch {
	case e.Package.Name != "":
		return e.Package.Name
	case e.Build != nil && e.Build.Name != "":
		return e.Build.Name
	case e.Task != nil && e.Task.Package() != "":
		return e.Task.Package()
	case e.RPM != nil:
		return e.RPM.Name
	}
	return ""
}

func tagOf(e *event.Event) string {
	switch {
	case e.Tag.Name != "":
		return e.Tag.Name
	case e.Repo != nil:
		return e.Repo.Tag.Name
	case e.Task != nil:
		return e.Task.Tag().Name
	}
	return ""
}
