package enrich

import (
	"strings"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

func (s *sentence) task(e *event.Event) {
	t := e.Task
	s.owner(t.Owner)
	s.work(t)
	switch e.New {
	case "FREE":
		if e.Old == "" {
			s.add(" waits for a host")
		} else {
			s.add(" was freed and waits for a host again")
		}
	case "ASSIGNED":
		s.add(" was assigned to ", hostName(t.Host))
	case "OPEN":
		s.add(" started")
		if t.Host.Name != "" {
			s.add(" on ", t.Host.Name)
		}
	case "CLOSED":
		s.add(" closed")
		s.after(t.Duration())
	case "FAILED":
		s.add(" failed")
		s.after(t.Duration())
	case "CANCELED":
		s.add(" was canceled")
		s.after(t.Duration())
	default:
		s.add(" changed")
	}
}

func hostName(h koji.Ref) string {
	if h.Name == "" {
		return "a host"
	}
	return h.Name
}

// work adds a description of the task.
func (s *sentence) work(t *koji.Task) {
	what := t.NVR()
	if what == "" {
		what = t.Package()
	}
	switch t.Method {
	case "buildArch":
		s.with(what, t.WorkArch()+" build")
	case "buildSRPMFromSCM", "rebuildSRPM", "buildSRPMFromCVS":
		s.with(what, "source RPM")
	case "newRepo":
		s.add("new repository of ", refName("tag", t.Tag()))
		return
	case "waitrepo":
		s.add("wait for a repository of ", refName("tag", t.Tag()))
		return
	case "distRepo":
		s.add("dist repository of ", refName("tag", t.Tag()))
		return
	case "createrepo", "createdistrepo":
		s.add(t.WorkArch(), " repository metadata")
	case "tagBuild":
		s.tagging(t, what)
		return
	case "build", "image", "maven", "winbuild", "livecd", "livemedia", "appliance",
		"buildContainer", "flatpakBuild", "kiwiBuild", "indirectionimage", "osbuildImage", "imageBuilderBuild":
		s.with(what, noun(t))
	default:
		s.with(what, strings.TrimSuffix(t.Method, "Task")+" task")
	}
	if target := t.Target().Name; target != "" {
		s.add(" for ", target)
	}
}

// with adds a noun, preceded by what it is about if that is known.
func (s *sentence) with(what, noun string) {
	if what != "" {
		s.add(what, " ")
	}
	s.add(noun)
}

func noun(t *koji.Task) string {
	n := "build"
	switch t.Method {
	case "image", "livecd", "livemedia", "appliance", "kiwiBuild", "indirectionimage",
		"osbuildImage", "imageBuilderBuild":
		n = "image build"
	case "buildContainer":
		n = "container build"
	case "flatpakBuild":
		n = "flatpak build"
	case "maven":
		n = "Maven build"
	case "winbuild":
		n = "Windows build"
	}
	if t.Scratch().Value {
		return "scratch " + n
	}
	return n
}

func (s *sentence) tagging(t *koji.Task, what string) {
	if what == "" {
		what = "build " + number(t.BuildID())
	}
	s.add("tagging of ", what, " into ", refName("tag", t.Tag()))
}
