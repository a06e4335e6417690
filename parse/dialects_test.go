package parse_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/parse"
)

const fedoraTopic = "org.fedoraproject.prod.buildsys."

var fedoraHeaders = map[string]any{"fedora_messaging_schema": "base.message"}

// facts are expected members of an event's JSON, by path. "-" is a member that must be
// missing.
type facts map[string]string

// checkFacts parses a message and checks facts.
func checkFacts(t *testing.T, d parse.Delivery, want facts) {
	t.Helper()
	e, err := parse.New(parse.Options{}).Parse(&d)
	if err != nil {
		t.Fatal(err)
	}
	text := e.AppendJSON(nil)
	var doc any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	for _, path := range slices.Sorted(maps.Keys(want)) {
		if got := lookUp(doc, path); got != want[path] {
			t.Errorf("%s is %s, want %s", path, got, want[path])
		}
	}
	if t.Failed() {
		t.Logf("the event: %s", text)
	}
}

func lookUp(doc any, path string) string {
	for name := range strings.SplitSeq(path, ".") {
		object, _ := doc.(map[string]any)
		doc = object[name]
	}
	if doc == nil {
		return "-"
	}
	return fmt.Sprint(doc)
}

// TestStaleRecord checks that the state is the new one although hubs before 1.17 send the
// record from before the change.
func TestStaleRecord(t *testing.T) {
	const build = `{"attribute":"state","old":%s,"new":%s,"info":{"id":71,"name":"zsh","version":"5","release":"2","state":%s,"start_ts":1490946000.5,"completion_ts":%s}}`
	const task = `{"attribute":"state","old":%s,"new":%s,"info":{"id":72,"method":"build","state":%s,"start_ts":1490946000.5,"completion_ts":%s}}`
	buildType, taskType := map[string]any{"type": "BuildStateChange"}, map[string]any{"type": "TaskStateChange"}
	tests := map[string]struct {
		key     string
		headers map[string]any
		body    string
		want    facts
	}{
		"a build is complete":   {"koji.build.complete", buildType, fmt.Sprintf(build, "0", "1", "0", "null"), facts{"build.state": "COMPLETE", "build.completed_at": "-"}},
		"a build failed":        {"koji.build.failed", buildType, fmt.Sprintf(build, "0", "3", "0", "null"), facts{"build.state": "FAILED"}},
		"a build was deleted":   {"koji.build.deleted", buildType, fmt.Sprintf(build, "1", "2", "1", "1490946400"), facts{"build.state": "DELETED", "build.completed_at": "2017-03-31T07:46:40Z"}},
		"a build begins again":  {"koji.build.building", buildType, fmt.Sprintf(build, "3", "0", "3", "1490946400"), facts{"build.state": "BUILDING", "build.completed_at": "-", "build.duration": "-"}},
		"by names":              {"koji.build.complete", buildType, fmt.Sprintf(build, `"BUILDING"`, `"COMPLETE"`, "0", "null"), facts{"old": "BUILDING", "new": "COMPLETE", "build.state": "COMPLETE"}},
		"by digits":             {"koji.build.complete", buildType, fmt.Sprintf(build, `"0"`, `"1"`, `"0"`, "null"), facts{"old": "BUILDING", "new": "COMPLETE", "build.state": "COMPLETE"}},
		"without a header":      {"koji.build.complete", nil, fmt.Sprintf(build, "0", "1", "0", "null"), facts{"build.state": "COMPLETE"}},
		"messagebus":            {"koji.BuildStateChange.state.zsh", nil, fmt.Sprintf(build, "0", "1", "0", "null"), facts{"dialect": "messagebus", "build.state": "COMPLETE"}},
		"fedora":                {fedoraTopic + "build.state.change", fedoraHeaders, fmt.Sprintf(build, "0", "1", "0", "null"), facts{"dialect": "fedora", "build.state": "COMPLETE", "build.nvr": "zsh-5-2"}},
		"a task is closed":      {"koji.task.closed", taskType, fmt.Sprintf(task, `"OPEN"`, `"CLOSED"`, "1", "null"), facts{"task.state": "CLOSED"}},
		"a task is open":        {"koji.task.open", taskType, fmt.Sprintf(task, `"FREE"`, `"OPEN"`, "0", "1490946400"), facts{"task.state": "OPEN", "task.completed_at": "-"}},
		"a task, by numbers":    {"koji.task.failed", taskType, fmt.Sprintf(task, "1", "5", "1", "null"), facts{"old": "OPEN", "new": "FAILED", "task.state": "FAILED"}},
		"a state not known yet": {"koji.build.complete", buildType, fmt.Sprintf(build, "0", "17", "1", "null"), facts{"new": "-", "build.state": "COMPLETE"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			checkFacts(t, parse.Delivery{RoutingKey: tt.key, Headers: tt.headers, Body: []byte(tt.body)}, tt.want)
		})
	}
}

// TestSaidElsewhere checks that values outside their usual place are used.
func TestSaidElsewhere(t *testing.T) {
	const hash = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c"
	const request = `["git+https://src.example.org/rpms/zsh.git#` + hash + `","f31-candidate",{}]`
	const build = `"attribute":"state","old":0,"new":1,"build_id":71,"name":"zsh","version":"5","release":"2"`
	built := facts{"build.target": "f31-candidate", "build.git_hash": hash, "build.source": "git+https://src.example.org/rpms/zsh.git#" + hash}
	tests := map[string]struct {
		topic, body string
		want        facts
	}{
		"a request without a task":        {"build.state.change", `{` + build + `,"request":` + request + `}`, built},
		"a request beside a null task":    {"build.state.change", `{"task":null,"request":` + request + `,` + build + `}`, built},
		"a request of null in the task":   {"build.state.change", `{` + build + `,"request":` + request + `,"task":{"id":9,"method":"build","request":null}}`, built},
		"… and the task comes first":      {"build.state.change", `{"task":{"request":null,"method":"build"},` + build + `,"request":` + request + `}`, built},
		"a task without a request":        {"build.state.change", `{` + build + `,"request":` + request + `,"task":{"method":"flatpakBuild","id":9}}`, built},
		"a request of null outside":       {"build.state.change", `{` + build + `,"request":null,"task":{"method":"build","request":` + request + `}}`, built},
		"the request is still XML":        {"build.state.change", `{` + build + `,"request":"<methodCall><methodName>build</methodName><params><param><value><string>git://h/p#` + hash + `</string></value></param><param><value><string>t1</string></value></param></params></methodCall>"}`, facts{"build.target": "t1", "build.git_hash": hash}},
		"a source RPM":                    {"build.state.change", `{` + build + `,"request":["cli-build/1.2/zsh-5-2.src.rpm","f31",{}]}`, facts{"build.target": "f31", "build.source": "cli-build/1.2/zsh-5-2.src.rpm"}},
		"an image":                        {"build.state.change", `{` + build + `,"request":["Fedora-Cloud","31",["x86_64"],"f31-cloud","http://h/tree",{"ksurl":"git://h/ks"}]}`, facts{"build.target": "f31-cloud", "build.source": "-"}},
		"an image of kiwi":                {"build.state.change", `{` + build + `,"request":["f40-kiwi",["x86_64"],"git+https://h/desc.git#main","dir",{}]}`, facts{"build.target": "f40-kiwi", "build.source": "git+https://h/desc.git#main"}},
		"an image of image-builder":       {"build.state.change", `{` + build + `,"request":["f43-ib",["x86_64"],["minimal-raw"],"Fedora-Minimal","43",{}]}`, facts{"build.target": "f43-ib"}},
		"an image of osbuild":             {"build.state.change", `{` + build + `,"request":["iot","36","fedora-36",["iot-commit"],"f36-iot",["x86_64"],{}]}`, facts{"build.target": "f36-iot"}},
		"a live image":                    {"build.state.change", `{` + build + `,"request":["Spin","31","x86_64","f31-spin","http://h/ks",{}]}`, facts{"build.target": "f31-spin"}},
		"the task of a build":             {"build.state.change", `{` + build + `,"owner":4641,"task":{"id":9,"owner":"rosa","request":` + request + `,"method":"build"}}`, facts{"build.task_id": "9", "build.owner.id": "4641", "build.owner.name": "rosa"}},
		"a build's owner in both forms":   {"build.state.change", `{` + build + `,"owner":"rosa","owner_id":4641}`, facts{"build.owner.id": "4641", "build.owner.name": "rosa"}},
		"a build's record":                {"build.state.change", `{"attribute":"state","old":0,"new":1,"info":{"id":71,"name":"zsh","version":"5","release":"2"},"owner":"rosa"}`, facts{"build.id": "71", "build.owner.name": "rosa"}},
		"a task's owner by name and id":   {"task.state.change", `{"attribute":"state","old":"OPEN","new":"CLOSED","id":9,"owner":"rosa","info":{"id":9,"owner":4641,"method":"build"}}`, facts{"task.owner.id": "4641", "task.owner.name": "rosa"}},
		"… the record first":              {"task.state.change", `{"info":{"id":9,"owner":4641,"method":"build"},"owner":"rosa","attribute":"state","old":"OPEN","new":"CLOSED"}`, facts{"task.owner.id": "4641", "task.owner.name": "rosa"}},
		"a task without a record":         {"task.state.change", `{"attribute":"state","old":"OPEN","new":"FAILED","id":9,"method":"build","owner":"rosa","srpm":"zsh-5-2.fc20.src.rpm"}`, facts{"task.id": "9", "task.state": "FAILED", "task.owner.name": "rosa", "task.nvr": "zsh-5-2.fc20", "task.package": "zsh"}},
		"a task, its record null":         {"task.state.change", `{"attribute":"state","old":"OPEN","new":"FAILED","id":9,"method":"build","info":null,"request":` + request + `}`, facts{"task.id": "9", "task.method": "build", "task.target": "f31-candidate", "task.package": "zsh"}},
		"a task's method outside":         {"task.state.change", `{"attribute":"state","old":"OPEN","new":"FAILED","info":{"id":9,"request":` + request + `},"method":"build"}`, facts{"task.method": "build", "task.scratch": "false", "task.target": "f31-candidate"}},
		"srpm is a target at times":       {"task.state.change", `{"attribute":"state","old":"OPEN","new":"FAILED","id":9,"method":"kiwiBuild","srpm":"f40-kiwi"}`, facts{"task.package": "-", "task.source": "-"}},
		"a tag and a user as records":     {"tag", `{"tag":{"id":3,"name":"f31"},"user":{"id":5,"name":"rosa"},"build_id":71,"name":"zsh","version":"5","release":"2"}`, facts{"tag.id": "3", "tag.name": "f31", "user.id": "5", "user.name": "rosa", "build.nvr": "zsh-5-2"}},
		"a tagged build as a record":      {"untag", `{"tag":"f31","tag_id":3,"user":"rosa","build":{"id":71,"name":"zsh","version":"5","release":"2"}}`, facts{"tag.id": "3", "build.nvr": "zsh-5-2"}},
		"the owner of a package, as id":   {"package.list.change", `{"tag":"f31","package":"zsh","action":"add","owner":4641}`, facts{"owner.id": "4641", "package.name": "zsh"}},
		"a repository as a record":        {"repo.done", `{"tag":"f31-build","tag_id":3,"repo":{"id":8,"task_id":9}}`, facts{"repo.id": "8", "repo.tag.id": "3", "repo.tag.name": "f31-build", "repo.task_id": "9"}},
		"a signature as a change":         {"rpm.sign", `{"attribute":"sighash","old":null,"new":"8f84","info":{"id":4,"build_id":71,"name":"zsh","version":"5","release":"2","arch":"i686","sigkey":"ab84"}}`, facts{"type": "RPMSign", "rpm.sigkey": "ab84", "rpm.name": "zsh", "build.id": "71", "new": "-"}},
		"a signature, the key outside":    {"rpm.sign", `{"sigkey":"ab84","info":{"id":4,"build_id":71,"name":"zsh","version":"5","release":"2","arch":"i686"}}`, facts{"rpm.sigkey": "ab84", "build.id": "71"}},
		"a signature, with both records":  {"rpm.sign", `{"sigkey":"ab84","rpm":{"id":4,"build_id":71,"name":"zsh-devel"},"build":{"id":71,"name":"zsh","version":"5","release":"2"}}`, facts{"rpm.name": "zsh-devel", "build.nvr": "zsh-5-2"}},
		"a package id of long ago":        {"build.state.change", `{"attribute":"state","old":3,"new":0,"info":{"start_time":"NOW","name":"zsh","pkg_id":310,"state":0,"version":"5","owner":2752,"release":"2","id":71}}`, facts{"build.owner.id": "2752", "build.state": "BUILDING", "build.started_at": "-"}},
		"extra as text":                   {"build.state.change", `{"attribute":"state","new":1,"info":{"id":71,"name":"zsh","version":"5","release":"2","extra":"{\"image\":{},\"submitter\":\"osbs\",\"container_koji_task_id\":\"77\",\"typeinfo\":{\"operator-manifests\":null},\"x\":NaN}"}}`, facts{"build.task_id": "77", "build.submitter": "osbs", "build.types": "[image operator-manifests]"}},
		"extra as text that is no object": {"build.state.change", `{"attribute":"state","new":1,"info":{"id":71,"name":"zsh","version":"5","release":"2","extra":"[\"image\"]"}}`, facts{"build.id": "71", "build.types": "-"}},
		"extra as text that is cut short": {"build.state.change", `{"attribute":"state","new":1,"info":{"id":71,"name":"zsh","version":"5","release":"2","extra":"{\"image\":"}}`, facts{"build.id": "71", "build.types": "-"}},
	}
	for name, tt := range tests {
		for _, headers := range []map[string]any{fedoraHeaders, nil} {
			t.Run(fmt.Sprintf("%s, %d headers", name, len(headers)), func(t *testing.T) {
				checkFacts(t, parse.Delivery{RoutingKey: fedoraTopic + tt.topic, Headers: headers, Body: []byte(tt.body)}, tt.want)
			})
		}
	}
}

// TestProperties checks that headers are used if the body lacks a value, in the formats of
// different brokers and bridges.
func TestProperties(t *testing.T) {
	tests := map[string]struct {
		key     string
		headers map[string]any
		body    string
		want    facts
	}{
		"a task":                  {"koji.task.open", map[string]any{"type": "TaskStateChange", "id": int64(9), "parent": int64(8), "method": "build", "old": "FREE", "new": "OPEN"}, `{"info":null}`, facts{"task.id": "9", "task.parent": "8", "task.method": "build", "old": "FREE", "new": "OPEN", "task.state": "OPEN"}},
		"a task, all texts":       {"a.queue", map[string]any{"type": "TaskStateChange", "id": "9", "method": "build", "old": "FREE", "new": "OPEN"}, `{"attribute":"state","old":"FREE","new":"OPEN","info":{"request":["git://h/p","t",{}]}}`, facts{"task.id": "9", "task.package": "p"}},
		"a build":                 {"koji.build.complete", map[string]any{"type": "BuildStateChange", "name": "zsh", "version": "5", "release": "2", "old": "BUILDING", "new": "COMPLETE"}, `{"attribute":"state","info":{"id":71}}`, facts{"old": "BUILDING", "new": "COMPLETE", "build.state": "COMPLETE", "build.nvr": "zsh-5-2", "build.id": "71"}},
		"a build, by numbers":     {"koji.BuildStateChange.state.zsh", map[string]any{"type": "BuildStateChange", "name": "zsh", "version": "5", "release": "2", "old": int64(0), "new": int64(3)}, `{"attribute":"state","info":{"id":71}}`, facts{"old": "BUILDING", "new": "FAILED", "build.state": "FAILED"}},
		"a tagging":               {"koji.build.tag", map[string]any{"type": "Tag", "tag": "f31", "user": "rosa", "name": "zsh", "version": "5", "release": "2"}, `{"tag":{"id":3},"build":{"id":71},"user":null}`, facts{"tag.id": "3", "tag.name": "f31", "user.name": "rosa", "build.nvr": "zsh-5-2"}},
		"a tagging, by ids":       {"koji.build.tag", map[string]any{"type": "Tag", "tag": "f31", "user": "rosa"}, `{"tag":3,"build":71}`, facts{"tag.id": "3", "build.id": "71"}},
		"a tagging, by name":      {"koji.build.untag", map[string]any{"type": "Untag"}, `{"tag":"f31","build":"zsh-5-2","user":"rosa"}`, facts{"build.nvr": "zsh-5-2"}},
		"a package":               {"koji.package.add", map[string]any{"type": "PackageListChange", "tag": "f31", "package": "zsh", "action": "add", "user": "rosa"}, `{"tag":{"id":3},"package":{"id":310}}`, facts{"action": "add", "package.id": "310", "package.name": "zsh", "tag.name": "f31", "user.name": "rosa"}},
		"an import":               {"koji.import.rpm", map[string]any{"type": "Import", "importType": "rpm", "name": "zsh", "version": "5", "release": "2"}, `{"build":{"id":71}}`, facts{"import_type": "rpm", "build.nvr": "zsh-5-2"}},
		"an import of a build":    {"koji.import.build", map[string]any{"type": "Import"}, `{"type":"build","task_id":9,"build_id":71,"build":{"name":"zsh","version":"5","release":"2"}}`, facts{"build.task_id": "9", "build.id": "71"}},
		"a signature":             {"koji.sign.rpm", map[string]any{"type": "RPMSign", "sigkey": "ab84", "name": "zsh", "version": "5", "release": "2", "rpm_name": "zsh-devel", "rpm_version": "5", "rpm_release": "2", "rpm_arch": "i686"}, `{"build":{"id":71},"rpm":{"id":4}}`, facts{"rpm.sigkey": "ab84", "rpm.name": "zsh-devel", "rpm.arch": "i686", "build.nvr": "zsh-5-2"}},
		"a repository":            {"koji.repo.done", map[string]any{"type": "RepoDone", "tag": "f31-build", "repo_id": int64(8), "task_id": int64(9), "expire": "False"}, `{"repo":{"tag_id":3}}`, facts{"repo.id": "8", "repo.task_id": "9", "repo.tag.id": "3", "repo.tag.name": "f31-build", "repo.expired": "false"}},
		"a promotion":             {"koji.build.promote", map[string]any{"type": "BuildPromote", "build_id": int64(71), "name": "zsh", "version": "5", "release": "2", "draft_release": "2,draft_71", "target_release": "2", "user": "rosa"}, `{"build":{"id":71}}`, facts{"old": "2,draft_71", "new": "2", "user.name": "rosa", "build.nvr": "zsh-5-2"}},
		"a signature as a change": {"koji.sign.rpm", map[string]any{"type": "RPMSign"}, `{"attribute":"sighash","old":null,"new":"8f84","info":{"id":4,"build_id":71,"name":"zsh","version":"5","release":"2","arch":"i686","sigkey":"ab84"}}`, facts{"rpm.sigkey": "ab84", "build.id": "71"}},
		"a flat task":             {"koji.task.failed", map[string]any{"type": "TaskStateChange"}, `{"old":"OPEN","attribute":"state","method":"build","owner":"rosa","new":"FAILED","id":9}`, facts{"task.id": "9", "task.state": "FAILED", "task.owner.name": "rosa"}},
		"a flat task, no header":  {"koji.TaskStateChange.build.state", nil, `{"old":"OPEN","attribute":"state","method":"build","owner":"rosa","new":"FAILED","id":9}`, facts{"task.id": "9", "task.state": "FAILED"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			checkFacts(t, parse.Delivery{RoutingKey: tt.key, Headers: tt.headers, Body: []byte(tt.body)}, tt.want)
		})
	}
}

// TestForeign checks that messages of other senders with Koji's names are Unknown events that
// contain the body.
func TestForeign(t *testing.T) {
	typ := func(t event.Type) map[string]any { return map[string]any{"type": string(t), "attribute": "state"} }
	tests := map[string]parse.Delivery{
		"another build system":             {RoutingKey: "eng.pnc", Headers: typ(event.BuildStateChange), Body: []byte(`{"attribute":"state","oldStatus":"BUILDING","build":{"id":"A5X","name":"zsh","status":"SUCCESS"}}`)},
		"… with numbers for ids":           {RoutingKey: "eng.pnc", Headers: typ(event.BuildStateChange), Body: []byte(`{"build":{"id":71,"name":"zsh"}}`)},
		"… with a state of its own":        {RoutingKey: "eng.pnc", Headers: typ(event.BuildStateChange), Body: []byte(`{"attribute":"state","old":"NEW","new":"SUCCESS","info":{"id":71,"name":"zsh"}}`)},
		"… flat":                           {RoutingKey: "eng.pnc", Headers: typ(event.BuildStateChange), Body: []byte(`{"attribute":"state","new":"COMPLETE","id":71,"name":"zsh","version":"5","release":"2"}`)},
		"… under a topic like Koji's":      {RoutingKey: "ci.build.complete", Headers: typ(event.BuildStateChange), Body: []byte(`{"build":{"id":71,"name":"zsh"},"status":"ok"}`)},
		"… without a type":                 {RoutingKey: "ci.build.complete", Body: []byte(`{"name":"zsh","version":"5","release":"2","id":71}`)},
		"… nothing in it":                  {RoutingKey: "eng.pnc", Headers: typ(event.BuildStateChange), Body: []byte(`{}`)},
		"… no object":                      {RoutingKey: "eng.pnc", Headers: typ(event.Tag), Body: []byte(`[1]`)},
		"… no object, Koji's topic":        {RoutingKey: "koji.build.tag", Headers: typ(event.Tag), Body: []byte(`"v1"`)},
		"a task of others":                 {RoutingKey: "jobs", Headers: typ(event.TaskStateChange), Body: []byte(`{"task":{"id":4},"new":"running"}`)},
		"a task of others, like ours":      {RoutingKey: "jobs", Headers: typ(event.TaskStateChange), Body: []byte(`{"id":4,"new":"OPEN","attribute":"state"}`)},
		"a tag of others":                  {RoutingKey: "git.push", Headers: typ(event.Tag), Body: []byte(`{"tag":{"name":"v1"},"build":{"id":3},"user":{"name":"rosa"}}`)},
		"a tag of others, like Koji's key": {RoutingKey: "ci.build.tag", Body: []byte(`{"tag":"v1","name":"app"}`)},
		"a package of others":              {RoutingKey: "npm", Headers: typ(event.PackageListChange), Body: []byte(`{"package":"left-pad","tag":"latest"}`)},
		"an import of others":              {RoutingKey: "erp", Headers: typ(event.Import), Body: []byte(`{"type":"csv","build":{"id":3}}`)},
		"a signature of others":            {RoutingKey: "robosig", Headers: typ(event.RPMSign), Body: []byte(`{"rpm":{"name":"zsh"}}`)},
		"a repository of others":           {RoutingKey: "pulp", Headers: typ(event.RepoDone), Body: []byte(`{"repo":{"id":4},"status":"done"}`)},
		"a topic with a type of others":    {RoutingKey: "koji.build.complete", Headers: map[string]any{"type": "Pushed"}, Body: []byte(`{"job":1}`)},
		"a type under another topic":       {RoutingKey: "koji.task.open", Headers: typ(event.BuildStateChange), Body: []byte(`{"build":{"id":71}}`)},
	}
	p := parse.New(parse.Options{})
	for name, d := range tests {
		t.Run(name, func(t *testing.T) {
			e, err := p.Parse(&d)
			if err != nil {
				t.Fatal(err)
			}
			if e.Type != event.Unknown || e.Dialect != event.NoDialect || string(e.Raw) != string(d.Body) {
				t.Errorf("got %s", e.AppendJSON(nil))
			}
		})
	}
}

// TestKojisByBody checks that Koji's messages keep their type if a bridge changes their topic.
func TestKojisByBody(t *testing.T) {
	const build = `"build":{"id":71,"name":"zsh","version":"5","release":"2"}`
	tests := map[event.Type]string{
		event.TaskStateChange:   `{"attribute":"state","old":"FREE","new":"OPEN","info":{"id":9,"method":"build"}}`,
		event.BuildStateChange:  `{"attribute":"state","old":0,"new":1,"info":{"id":71,"name":"zsh"}}`,
		event.Tag:               `{"tag":{"id":3,"name":"f31"},"user":{"name":"rosa"},` + build + `}`,
		event.Untag:             `{"tag":{"id":3,"name":"f31"},"user":{"name":"rosa"},` + build + `}`,
		event.PackageListChange: `{"action":"add","tag":{"id":3},"package":{"id":310}}`,
		event.Import:            `{"type":"build",` + build + `}`,
		event.RPMSign:           `{"sigkey":"ab84","rpm":{"name":"zsh","version":"5","release":"2"},` + build + `}`,
		event.RepoInit:          `{"tag":{"id":3},"repo_id":8}`,
		event.RepoDone:          `{"repo":{"id":8,"tag_name":"f31-build"}}`,
		event.BuildPromote:      `{"target_release":"2",` + build + `}`,
	}
	p := parse.New(parse.Options{})
	for typ, body := range tests {
		e, err := p.Parse(&parse.Delivery{RoutingKey: "Consumer.us.1.everything", Headers: map[string]any{"type": string(typ)}, Body: []byte(body)})
		if err != nil {
			t.Errorf("%s: %v", typ, err)
			continue
		}
		if e.Type != typ || e.Dialect != event.Protonmsg {
			t.Errorf("%s: got %s", typ, e.AppendJSON(nil))
		}
	}
}
