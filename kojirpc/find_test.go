package kojirpc_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// found describes a thing.
func found(t kojirpc.Thing) string {
	switch {
	case t.Task != nil:
		return fmt.Sprint("task ", t.Task.ID)
	case t.Build != nil:
		return "build " + t.Build.NVR
	case t.Package != nil:
		return "package " + t.Package.Name
	case t.Tag != nil:
		return "tag " + t.Tag.Name
	case t.Target != nil:
		return "target " + t.Target.Name
	case t.User != nil:
		return "user " + t.User.Name
	case t.Host != nil:
		return "host " + t.Host.Name
	case t.Channel != nil:
		return "channel " + t.Channel.Name
	case t.Repo != nil:
		return fmt.Sprint("repo ", t.Repo.ID)
	}
	return "nothing"
}

func TestFind(t *testing.T) {
	d := hubtest.Recorded()
	d.Tags = append(d.Tags, hubtest.Tag{Name: "kernel"}) // also the name of a package
	d.Builds = append(d.Builds, hubtest.Build{ID: 900, Package: "kernel", Version: "1", Release: "1"})
	hub := hubtest.Start(t, hubtest.Options{Data: d})
	c := newClient(t, kojirpc.Options{Server: hub.URL})
	for word, want := range map[string]string{
		"17":                           "task 17",
		" 17 ":                         "task 17",
		"900":                          "build kernel-1-1",
		"task:17":                      "task 17",
		"build:1":                      "build golang-x-net-2.2-11.1.epel10",
		"build:kernel-1-1":             "build kernel-1-1",
		"golang-x-net-2.2-11.1.epel10": "build golang-x-net-2.2-11.1.epel10",
		"golang-x-net":                 "package golang-x-net",
		"kernel":                       "package kernel",
		"tag:kernel":                   "tag kernel",
		"f55-build":                    "tag f55-build",
		"builder1.lab.test":            "host builder1.lab.test",
		"host:1":                       "host builder1.lab.test",
		"@alice":                       "user alice",
		"@李雷":                          "user 李雷",
		"user:alice":                   "user alice",
		"target:f55":                   "target f55",
		"channel:default":              "channel default",
		"repo:1":                       "repo 1",
		"https://koji.example.com/koji/taginfo?tagID=2": "tag f55-build",
	} {
		hub.ResetStats()
		thing, err := c.Find(t.Context(), word)
		if err != nil || found(thing) != want || thing.Page.Kind == koji.PageUnknown {
			t.Errorf("%s: %s, %v, want %s", word, found(thing), err, want)
		}
		if n := hub.Stats().Requests; n != 1 {
			t.Errorf("%s: %d requests", word, n)
		}
	}
}

func TestFindNothing(t *testing.T) {
	hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Recorded()})
	c := newClient(t, kojirpc.Options{Server: hub.URL})
	for word, want := range map[string]string{
		"":              `no thing ""`,
		"@":             `no user ""`,
		"999999":        `no task and no build "999999"`,
		"build:999999":  `no build "999999"`,
		"task:x":        `"x" is not the id of a task`,
		"no-such-thing": `no build, package, tag or host "no-such-thing"`,
		"a:b":           `no build, package, tag or host "a:b"`,
		"@nobody":       `no user "nobody"`,
	} {
		thing, err := c.Find(t.Context(), word)
		if err == nil || !strings.Contains(err.Error(), want) || found(thing) != "nothing" {
			t.Errorf("%q: %s, %v, want %s", word, found(thing), err, want)
		}
		if wrong := strings.Contains(want, "is not the id"); errors.Is(err, koji.ErrNotFound) == wrong {
			t.Errorf("%q: %v", word, err)
		}
	}
	hub.Inject(hubtest.Failure{Method: "getTag", Effect: hubtest.Fault(1000, "out of order")})
	if _, err := c.Find(t.Context(), "no-such-thing"); err == nil || errors.Is(err, koji.ErrNotFound) {
		t.Errorf("with a hub that fails: %v", err)
	}
}
