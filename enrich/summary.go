package enrich

import (
	"strconv"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// summary describes an event in one sentence, in packagers' words. Times are in the time zone
// of place.
func summary(e *event.Event, place *time.Location) string {
	var s sentence
	s.text.Grow(usualSentence)
	switch e.Type {
	case event.TaskStateChange:
		s.task(e)
	case event.BuildStateChange:
		s.build(e)
	case event.Tag:
		s.add(buildName(e.Build), " was tagged into ", refName("tag", e.Tag)).by(e.User)
	case event.Untag:
		s.add(buildName(e.Build), " was untagged from ", refName("tag", e.Tag)).by(e.User)
	case event.PackageListChange:
		s.packageList(e)
	case event.Import:
		s.imported(e)
	case event.RPMSign:
		s.add(rpmName(e.RPM), " was signed with key ", e.RPM.SigKey)
	case event.RepoInit:
		s.add("repository ", number(e.Repo.ID), " of ", refName("tag", e.Repo.Tag), " was begun")
	case event.RepoDone:
		s.add("repository ", number(e.Repo.ID), " of ", refName("tag", e.Repo.Tag), " is done")
	case event.BuildPromote:
		s.promoted(e)
	case event.CampaignType:
		s.campaign(e.Campaign, place)
	case event.AlertType:
		s.alert(e.Alert)
	default:
		s.add("a message that is none of Koji's, on ", e.Topic)
	}
	s.estimate(e, place)
	s.failure(e.Failure)
	return s.text.String()
}

// usualSentence is how long most sentences are at the most.
const usualSentence = 96

// sentence is a text that grows.
type sentence struct{ text strings.Builder }

func (s *sentence) add(parts ...string) *sentence {
	for _, p := range parts {
		s.text.WriteString(p)
	}
	return s
}

func (s *sentence) by(user koji.Ref) {
	if user.Name != "" {
		s.add(" by ", user.Name)
	}
}

func (s *sentence) owner(owner koji.Ref) {
	if owner.Name != "" {
		s.add(owner.Name, "'s ")
	}
}

func (s *sentence) after(d koji.Opt[time.Duration]) {
	if d.Known && d.Value >= time.Second {
		s.add(" after ")
		s.lasts(d.Value)
	}
}

func (s *sentence) lasts(d time.Duration) {
	var room [32]byte
	s.text.Write(appendDuration(room[:0], d))
}

func (s *sentence) build(e *event.Event) {
	s.owner(e.Build.Owner)
	s.add(buildName(e.Build))
	switch e.New {
	case "BUILDING":
		s.add(" is building")
	case "COMPLETE":
		s.add(" is complete")
		s.after(e.Build.Duration())
	case "FAILED":
		s.add(" failed")
		s.after(e.Build.Duration())
	case "CANCELED":
		s.add(" was canceled")
		s.after(e.Build.Duration())
	case "DELETED":
		s.add(" was deleted")
	default:
		s.add(" changed")
	}
}

// failure adds the cause of a failure.
func (s *sentence) failure(f *event.Failure) {
	if f == nil || f.Line == "" {
		return
	}
	s.add(": ")
	if f.Arch != "" && f.Arch != "noarch" {
		s.add(f.Arch, " ")
	}
	if f.Log != "" {
		s.add(f.Log, ": ")
	}
	s.add(f.Line)
}

func (s *sentence) packageList(e *event.Event) {
	verb, prep := "changed", " in "
	switch e.Action {
	case "add":
		verb, prep = "added", " to "
	case "update":
		verb = "updated"
	case "block":
		verb = "blocked"
	case "unblock":
		verb = "unblocked"
	case "remove":
		verb, prep = "removed", " from "
	}
	s.add("package ", refName("package", e.Package), " was ", verb, prep, refName("tag", e.Tag))
	s.by(e.User)
}

func (s *sentence) imported(e *event.Event) {
	switch {
	case e.RPM != nil:
		s.add(rpmName(e.RPM), " was imported into ", buildName(e.Build))
	case e.ImportType == "build" || e.ImportType == "cg":
		s.add(buildName(e.Build), " was imported")
	default:
		s.add("an ", e.ImportType, " was imported into ", buildName(e.Build))
	}
}

func (s *sentence) promoted(e *event.Event) {
	if e.Build == nil {
		s.add("a draft build was promoted") // Fedora's message does not contain more
		return
	}
	if e.Old != "" {
		s.add("draft ", e.Build.Name, "-", e.Build.Version, "-", e.Old, " was promoted to ")
		s.add(buildName(e.Build)).by(e.User)
		return
	}
	s.add(buildName(e.Build), " was promoted").by(e.User)
}

func buildName(b *koji.Build) string {
	switch {
	case b == nil:
		return "a build"
	case b.NVR != "":
		return b.NVR
	case b.Name != "":
		return b.Name
	}
	return "build " + number(b.ID)
}

func rpmName(r *event.RPM) string {
	return r.Name + "-" + r.Version + "-" + r.Release + "." + r.Arch
}

// refName returns the name of an object, or else its kind and id.
func refName(kind string, r koji.Ref) string {
	if r.Name != "" {
		return r.Name
	}
	return kind + " " + number(r.ID)
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
