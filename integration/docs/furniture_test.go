//go:build integration

package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// furnish writes the files that the pages mention: files with absolute paths to $dir/files,
// and files in the reader's working directory to $dir/work.
func (w *world) furnish(t *testing.T) {
	t.Helper()
	fedora, err := w.ca.Client("fedora")
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := fedora.PEM()
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		"files/etc/hosts":                            "127.0.0.1 " + strings.Join(names(), " ") + "\n",
		"files/etc/ssl/certs/ca-certificates.crt":    string(w.ca.PEM()),
		"files/etc/fedora-messaging/cacert.pem":      string(w.ca.PEM()),
		"files/etc/fedora-messaging/fedora-cert.pem": string(certificate),
		"files/etc/fedora-messaging/fedora-key.pem":  string(certificate),
		"files/etc/koji.conf.d/fedora.conf":          profile("fedora", "koji.fedoraproject.org"),
		"files/etc/koji.conf.d/koji.conf":            profile("koji", "koji.example.com"),
		"files/etc/kojiwatch/kojiwatch.yaml":         configuration(),
		"files/etc/kojiwatch/password":               "s3cret\n",
		"files/etc/kojiwatch/slack-webhook":          "https://ci.example.com/chat\n",
		"files/etc/kojiwatch/rebuild.list":           "openssl git+https://src.example.com/rpms/curl#f44\n",
		"files/etc/bash_completion.d/README":         "",
		"files/usr/share/kojiwatch/prometheus/":      "deploy/prometheus/kojiwatch.rules.yml",
		"work/recording.jsonl":                       "parse/testdata/recordings/messages-protonmsg.jsonl",
		"bin/sudo":                                   "#!/bin/sh\nexec \"$@\"\n",
		"home/README":                                "",
	} {
		w.put(t, path, text)
	}
	here, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	program := rig.Program(t)
	for link, target := range map[string]string{
		"work/deploy": filepath.Join(here, "deploy"), "work/examples": filepath.Join(here, "examples"),
		"work/bin/kojiwatch": program, "bin/kojiwatch": program,
	} {
		path := filepath.Join(w.dir, link)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, path); err != nil {
			t.Fatal(err)
		}
	}
	w.env = append(goEnvironment(t), "PATH="+filepath.Join(w.dir, "bin")+":"+os.Getenv("PATH"), "HOME="+filepath.Join(w.dir, "home"))
}

// put writes a file. If text is the path of a file of the checkout, put copies that file; if
// path is a folder, under the file's name.
func (w *world) put(t *testing.T, path, text string) {
	t.Helper()
	if data, err := os.ReadFile(filepath.Join(root, text)); err == nil && text != "" {
		if strings.HasSuffix(path, "/") {
			path += filepath.Base(text)
		}
		text = string(data)
	}
	path = filepath.Join(w.dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// profile returns a profile for Koji's client configuration.
func profile(name, host string) string {
	return "[" + name + "]\nserver = https://" + host + "/kojihub\nweburl = https://" + host + `/koji
authtype = ssl
cert = /etc/fedora-messaging/fedora-cert.pem
serverca = /etc/fedora-messaging/cacert.pem
`
}

// host is the builder of the world's hubs.
const host = "buildvm-x86-01.example.com"

// sideTag is the name of a side tag and its target.
const sideTag = "f44-build-side-12345"

// configuration returns a kojiwatch.yaml with the sinks that the pages mention.
func configuration() string {
	return `broker: {url: "amqp://guest:guest@localhost/"}
state_dir: state
admin: {listen: "127.0.0.1:9672"}
hub: {server: "https://koji.example.com/kojihub"}
sinks:
  - {name: archive, type: exec, command: ["false"]}
  - {name: ci, type: webhook, url: "https://ci.example.com/hooks/koji"}
  - name: mail
    type: email
    server: smtp.example.com:587
    smtp_user: kojiwatch
    smtp_password: s3cret
    from: Koji <koji@example.com>
    to: [builders@example.com]
`
}

// past returns the data of the world's hubs: past builds, and a running task.
func past(now time.Time) hubtest.Data {
	d := hubtest.Data{
		Users: []hubtest.User{{ID: 1, Name: "fedora"}, {ID: 5, Name: "alice"}},
		Tags:  []hubtest.Tag{{Name: "f44-build"}, {Name: "f44"}, {Name: sideTag}},
		Targets: []hubtest.Target{
			{Name: "f44", BuildTag: "f44-build", DestTag: "f44"}, {Name: sideTag, BuildTag: sideTag, DestTag: sideTag},
		},
		Channels: []hubtest.Channel{{ID: 1, Name: "default"}},
		Hosts:    []hubtest.Host{{Name: host, Arches: "x86_64", Capacity: 8, Ready: true, Channels: []string{"default"}}},
	}
	for i := range int64(6) {
		at := now.Add(-time.Duration(i+1) * 24 * time.Hour)
		for j, name := range []string{"bash", "kernel"} {
			id := 1000 + 100*i + 10*int64(j)
			d.Tasks = append(d.Tasks, build(id, name, "CLOSED", at))
			release := fmt.Sprintf("%d.fc44", i+1)
			d.Builds = append(d.Builds, hubtest.Build{
				ID: id, Package: name, Version: "5.2", Release: release, State: "COMPLETE", Task: id,
				Created: at, Started: at, Completed: at.Add(20 * time.Minute),
			})
		}
	}
	const zsh = 2000
	d.Builds = append(d.Builds, hubtest.Build{ID: zsh, Package: "zsh", Version: "5.9", Release: "1.fc44", State: "COMPLETE", Completed: now})
	d.Tagged = []hubtest.Tagged{
		{Tag: "f44-build", Build: 1000, Event: 10}, {Tag: "f44-build", Build: zsh, Event: 11}, {Tag: sideTag, Build: 1000, Event: 12},
	}
	d.Repos = []hubtest.Repo{
		{Tag: "f44-build", State: "READY", CreateEvent: 13, Created: now}, {Tag: sideTag, State: "READY", CreateEvent: 13, Created: now},
	}
	beside := build(123456700, "zsh", "OPEN", now.Add(-5*time.Minute))
	beside.Request[1], beside.Completed = sideTag, time.Time{}
	d.Tasks = append(d.Tasks, beside)
	running := build(123456789, "bash", "OPEN", now.Add(-5*time.Minute))
	running.Owner, running.Completed = "alice", time.Time{}
	d.Tasks = append(d.Tasks, running)
	return d
}

// end makes the running task end.
func end(d *hubtest.Data) {
	last := &d.Tasks[len(d.Tasks)-1]
	last.State, last.Completed = "CLOSED", time.Now()
}

// again makes the task run again.
func again(d *hubtest.Data) {
	last := &d.Tasks[len(d.Tasks)-1]
	last.State, last.Completed = "OPEN", time.Time{}
}

func build(id int64, name, state string, at time.Time) hubtest.Task {
	return hubtest.Task{
		ID: id, Method: "build", State: state, Host: host, Created: at, Started: at, Completed: at.Add(21 * time.Minute),
		Request: []any{"git+https://src.example.com/rpms/" + name + "#f44", "f44", map[string]any{}},
	}
}
