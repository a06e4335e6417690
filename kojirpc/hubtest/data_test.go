package hubtest_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// TestTinyData uses names that are not listed.
func TestTinyData(t *testing.T) {
	s := hubtest.Start(t, hubtest.Options{Data: hubtest.Data{
		Builds: []hubtest.Build{{Package: "bash", Version: "5", Release: "1", Owner: "alice", State: "COMPLETE"}},
		Tasks:  []hubtest.Task{{Method: "build", Host: "builder1", Channel: "image"}},
		Tagged: []hubtest.Tagged{{Tag: "f55", Build: 1}},
	}})
	c := newClient(t, s.URL)
	b, _ := c.ask(t, "getBuild", "bash-5-1").(map[string]any)
	if b["id"] != int64(1) || b["owner_name"] != "alice" || b["volume_name"] != "DEFAULT" {
		t.Errorf("build: %v", b)
	}
	task, _ := c.ask(t, "getTaskInfo", 1, true).(map[string]any)
	if task["state"] != int64(0) || task["priority"] != int64(20) || task["weight"] != 1.0 || !reflect.DeepEqual(task["request"], []any{}) {
		t.Errorf("task: %v", task)
	}
	h, _ := c.ask(t, "getHost", "builder1").(map[string]any)
	u, _ := c.ask(t, "getUser", h["user_id"]).(map[string]any)
	if u["usertype"] != int64(1) || h["id"] != task["host_id"] {
		t.Errorf("host %v with user %v", h, u)
	}
	if tagged, _ := c.ask(t, "listTagged", "f55").([]any); len(tagged) != 1 {
		t.Errorf("tagged: %v", tagged)
	}
}

func TestUpdate(t *testing.T) {
	s := hubtest.Start(t, hubtest.Options{Data: hubtest.Recorded()})
	c := newClient(t, s.URL)
	state := func() any { m, _ := c.ask(t, "getTaskInfo", 49).(map[string]any); return m["state"] }
	if got := state(); got != int64(1) {
		t.Fatalf("state %v", got)
	}
	close49 := func(d *hubtest.Data) {
		for i := range d.Tasks {
			if d.Tasks[i].ID == 49 {
				d.Tasks[i].State = "CLOSED"
			}
		}
	}
	if err := s.Update(close49); err != nil {
		t.Fatal(err)
	}
	if got := state(); got != int64(2) {
		t.Errorf("state %v after the update, want 2", got)
	}
	err := s.Update(func(d *hubtest.Data) { d.Tasks[0].State = "DONE" })
	if err == nil || !strings.Contains(err.Error(), `no state "DONE"`) {
		t.Errorf("a state that Koji does not have: %v", err)
	}
	if d := s.Data(); d.Tasks[0].State != "CLOSED" {
		t.Errorf("the update that failed left %q", d.Tasks[0].State)
	}
}

func TestLoadFile(t *testing.T) {
	tests := map[string]struct{ text, err string }{
		"unknown member":  {"{\n\"users\": [{\"nam\": \"x\"}]}", `: unknown object member name "nam" within "/users/0"`},
		"wrong type":      {"{\n\n\"users\": [{\"name\": 5}]}", "line 3: "},
		"not JSON":        {"users:", "line 1: jsontext: invalid character"},
		"more behind":     {"{}\n{}", "line 2: jsontext: invalid character '{' after top-level value"},
		"number too big":  {`{"tasks": [{"method": "m", "request": [99999999999999999999]}]}`, "the number 99999999999999999999"},
		"two of an id":    {`{"users": [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]}`, "users[1]: there are two with the id 1"},
		"two of a name":   {`{"tags": [{"name": "a"}, {"name": "a"}]}`, `tags[1]: there are two with the name "a"`},
		"no such build":   {`{"tagged": [{"tag": "t", "build": 7}]}`, "tagged[0]: there is no build 7"},
		"child too early": {`{"tasks": [{"id": 3, "parent": 4, "method": "m"}]}`, "task 3 has the parent 4"},
		"build state":     {`{"builds": [{"package": "p", "version": "1", "release": "1", "state": "OPEN"}]}`, `builds[0]: Koji knows no state "OPEN"`},
		"repo state":      {`{"repos": [{"tag": "t", "state": "?"}]}`, `repos[0]: Koji knows no state "?"`},
		"user type":       {`{"users": [{"name": "a", "type": "ROBOT"}]}`, `users[0]: Koji knows no type "ROBOT"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "hub.json")
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			d, err := hubtest.LoadFile(path)
			if err == nil {
				_, err = hubtest.New(hubtest.Options{Data: d})
			} else if !strings.HasPrefix(err.Error(), "hub data "+path+": ") {
				t.Errorf("%q does not name the file", err)
			}
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("got %v, want %q", err, test.err)
			}
		})
	}
	if _, err := hubtest.LoadFile(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there gave no error")
	}
}

func TestLoadedValues(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.json")
	text := `{"tasks": [{"method": "m", "request": [1, 1.0, 1e3, 8589934592, null, {"at": {"$dateTime": "20260123T12:34:56"}}]}]}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := hubtest.LoadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got := newClient(t, hubtest.Start(t, hubtest.Options{Data: d}).URL).ask(t, "getTaskRequest", 1)
	want := []any{int64(1), 1.0, 1000.0, int64(8589934592), nil, map[string]any{"at": xmlrpc.DateTime("20260123T12:34:56")}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v\nwant %#v", got, want)
	}
}
