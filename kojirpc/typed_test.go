package kojirpc_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/golden"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// typedCalls are the typed methods, each with the name of the recorded exchange that
// answers it. A method must send the recorded request, unless other is set.
var typedCalls = []struct {
	name  string
	other bool // the request differs from the recorded one
	call  func(ctx context.Context, c *kojirpc.Client) (any, error)
}{
	{"getTaskInfo-buildArch-closed", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetTask(ctx, 19) }},
	{"getTaskInfo-build-closed", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetTask(ctx, 17) }},
	{"getTaskInfo-missing", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetTask(ctx, 999999) }},
	{"getTaskInfo-list", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetTasks(ctx, 17, 999999) }},
	{"getTaskChildren-request", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetTaskChildren(ctx, 17) }},
	{"getTaskDescendents", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetTaskDescendents(ctx, 17) }},
	{"getTaskDescendents-none", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetTaskDescendents(ctx, 96) }},
	{"getTaskRequest", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetTaskRequest(ctx, 17) }},
	{"getTaskResult", true, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetTaskResult(ctx, 19) }},
	{"getTaskResult-failed-nofault", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetTaskResult(ctx, 5) }},
	{"listTasks-open", true, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		f := kojirpc.TaskFilter{States: []koji.TaskState{koji.TaskOpen}, Channel: 1}
		return c.ListTasks(ctx, f, kojirpc.QueryOpts{Order: "priority,create_time"})
	}},
	{"listTasks-nodecode", true, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		f := kojirpc.TaskFilter{States: []koji.TaskState{koji.TaskClosed}, Method: "buildArch"}
		return c.ListTasks(ctx, f, kojirpc.QueryOpts{Order: "id", Limit: 2})
	}},
	{"getBuild", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetBuild(ctx, kojirpc.ID(1)) }},
	{"getBuild-nvr", false, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		return c.GetBuild(ctx, kojirpc.Name("golang-x-net-2.2-11.1.epel10"))
	}},
	{"getBuild-container", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetBuild(ctx, kojirpc.ID(48)) }},
	{"getBuild-missing", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetBuild(ctx, kojirpc.ID(999999)) }},
	{"listBuilds-last5", true, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		f := kojirpc.BuildFilter{Package: kojirpc.ID(2), State: koji.BuildComplete}
		return c.ListBuilds(ctx, f, kojirpc.QueryOpts{Order: "-completion_time", Limit: 5})
	}},
	{"listBuilds-task", false, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		return c.ListBuilds(ctx, kojirpc.BuildFilter{Task: 17}, kojirpc.QueryOpts{})
	}},
	{"listBuilds-count", true, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		return c.CountBuilds(ctx, kojirpc.BuildFilter{Package: kojirpc.ID(2)})
	}},
	{"listTagged", false, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		return c.ListTagged(ctx, kojirpc.Name("epel10-candidate"), kojirpc.TaggedFilter{})
	}},
	{"listTagged-latest", true, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		return c.ListTagged(ctx, kojirpc.Name("epel10-candidate"), kojirpc.TaggedFilter{Latest: true, Inherit: true})
	}},
	{"listTags-build", false, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		return c.ListTags(ctx, kojirpc.TagFilter{Build: kojirpc.ID(1)}, kojirpc.QueryOpts{})
	}},
	{"getUser-id", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetUser(ctx, kojirpc.ID(5)) }},
	{"getUser-name", false, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		return c.GetUser(ctx, kojirpc.Name("alice"))
	}},
	{"getUser-missing", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetUser(ctx, kojirpc.ID(999999)) }},
	{"getLoggedInUser", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetLoggedInUser(ctx) }},
	{"getLoggedInUser-anon", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetLoggedInUser(ctx) }},
	{"getTag-name", false, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		return c.GetTag(ctx, kojirpc.Name("testovací-tag"))
	}},
	{"getPackage-id", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetPackage(ctx, kojirpc.ID(8)) }},
	{"getPackage-missing", false, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		return c.GetPackage(ctx, kojirpc.Name("no-such-package"))
	}},
	{"getAverageBuildDuration", false, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		return c.GetAverageBuildDuration(ctx, kojirpc.Name("kernel"), 0)
	}},
	{"getAverageBuildDuration-age", false, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		return c.GetAverageBuildDuration(ctx, kojirpc.Name("kernel"), 2)
	}},
	{"getAverageBuildDuration-none", false, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		return c.GetAverageBuildDuration(ctx, kojirpc.Name("no-such-package"), 0)
	}},
	{"getChannel-id", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetChannel(ctx, kojirpc.ID(1)) }},
	{"listChannels", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.ListChannels(ctx, koji.Ref{}) }},
	{"getHost", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetHost(ctx, kojirpc.ID(1)) }},
	{"listHosts-channel", false, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		return c.ListHosts(ctx, kojirpc.HostFilter{Channel: kojirpc.ID(1), Enabled: koji.Some(true)}, kojirpc.QueryOpts{})
	}},
	{"getBuildTarget", false, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		return c.GetBuildTarget(ctx, kojirpc.Name("f55"))
	}},
	{"getBuildTargets", false, func(ctx context.Context, c *kojirpc.Client) (any, error) {
		return c.GetBuildTargets(ctx, kojirpc.TargetFilter{})
	}},
	{"repoInfo", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.RepoInfo(ctx, 1) }},
	{"listRPMs", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.ListRPMs(ctx, 1) }},
	{"getKojiVersion", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetKojiVersion(ctx) }},
	{"getAPIVersion", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.GetAPIVersion(ctx) }},
	{"system_listMethods", false, func(ctx context.Context, c *kojirpc.Client) (any, error) { return c.ListMethods(ctx) }},
}

// TestTyped compares the results of typed methods for recorded answers with a golden
// file, and their requests with the recorded ones.
func TestTyped(t *testing.T) {
	for _, tt := range typedCalls {
		t.Run(tt.name, func(t *testing.T) {
			var mu sync.Mutex
			var sent []byte
			ln := listen(t)
			serveRaw(t, ln, func(_ *http.Request, body []byte) []byte {
				mu.Lock()
				defer mu.Unlock()
				sent = body
				return recorded(t, tt.name)
			})
			c := newClient(t, kojirpc.Options{Server: "http://" + ln.Addr().String()})
			v, err := tt.call(t.Context(), c)
			got := map[string]any{"value": v}
			if err != nil {
				got = map[string]any{"error": err.Error()}
			}
			compareJSON(t, filepath.Join("typed", tt.name+".json"), got)
			mu.Lock()
			defer mu.Unlock()
			if want := recordedRequest(t, tt.name); !tt.other && !bytes.Equal(sent, want) {
				t.Errorf("sent\n%s\nrecorded\n%s", sent, want)
			}
		})
	}
}

func recordedRequest(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(exchangeDir, name+".request"))
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(data)))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// compareJSON compares a value, as JSON, with a file of testdata.
func compareJSON(t *testing.T, name string, v any) {
	t.Helper()
	got, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, filepath.Join("testdata", name), string(got)+"\n")
}

// replayOne returns a client for a hub that always sends the same answer.
func replayOne(t *testing.T, name string) *kojirpc.Client {
	t.Helper()
	ln := listen(t)
	serveRaw(t, ln, func(*http.Request, []byte) []byte { return recorded(t, name) })
	return newClient(t, kojirpc.Options{Server: "http://" + ln.Addr().String()})
}

func TestTaskOfTheHub(t *testing.T) {
	task, err := replayOne(t, "getTaskInfo-buildArch-closed").GetTask(t.Context(), 19)
	if err != nil {
		t.Fatal(err)
	}
	created := time.Date(2026, 11, 22, 6, 40, 50, 926541000, time.UTC)
	if task.ID != 19 || task.Parent != 17 || task.Method != "buildArch" || task.State != koji.TaskClosed ||
		task.Owner.ID != 4 || task.Host.ID != 1 || task.Channel.ID != 1 || !task.Created.Equal(created) ||
		task.Weight != koji.Some(4.82) || task.Package() != "golang-x-net" || task.WorkArch() != "x86_64" {
		t.Errorf("%+v", task)
	}
}

func TestResultsInListTasks(t *testing.T) {
	raw := "<?xml version='1.0'?><methodResponse><params><param><value><array><data><value><int>7</int></value>" +
		"<value><int>9</int></value></data></array></value></param></params></methodResponse>"
	rows := []any{
		map[string]any{"id": 1, "result": []any{[]any{7, 9}}, "method": "newRepo", "request": []any{"f44-build"}},
		map[string]any{"id": 2, "result": raw, "method": "newRepo", "request": "<?xml version='1.0'?><methodCall><methodName>newRepo</methodName>" +
			"<params><param><value><string>f44-build</string></value></param></params></methodCall>"},
		map[string]any{"id": 3, "result": map[string]any{"faultCode": 1, "faultString": "x"}, "method": "newRepo", "request": nil},
		map[string]any{"id": 4, "result": "no xml", "method": "newRepo"},
	}
	url := startHub(t, hubFunc(func(string, []any) (any, *fault) { return rows, nil }))
	c := newClient(t, kojirpc.Options{Server: url})
	tasks, err := c.ListTasks(t.Context(), kojirpc.TaskFilter{}, kojirpc.QueryOpts{})
	if err != nil || len(tasks) != 4 {
		t.Fatal(tasks, err)
	}
	for i, task := range tasks {
		if known := i < 2; (task.RepoID() == 7) != known || (task.Request.Tag.Name == "f44-build") != known {
			t.Errorf("%+v", task)
		}
	}
}

func TestTaskTree(t *testing.T) {
	tree, err := replayOne(t, "getTaskDescendents").GetTaskDescendents(t.Context(), 17)
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for task := range tree.All(17) {
		ids = append(ids, task.ID)
	}
	if len(ids) != len(tree)-1 || ids[0] != tree[17][0].ID {
		t.Errorf("%d tasks below one of %d: %v", len(ids), len(tree), ids)
	}
	loop := kojirpc.TaskTree{1: {{ID: 2}}, 2: {{ID: 1}}}
	n := 0
	for range loop.All(1) {
		n++
	}
	if n != 2 {
		t.Errorf("a loop gives %d tasks", n)
	}
}

func TestTaskResult(t *testing.T) {
	r, err := replayOne(t, "getTaskResult-failed-nofault").GetTaskResult(t.Context(), 5)
	if err != nil || r.Fault == nil || r.Fault.Code != kojirpc.CodeGenericError || r.Fault.Text != "GenericError: could not stáhnout zdroj" {
		t.Errorf("%+v, %v", r, err)
	}
	r, err = replayOne(t, "getTaskResult").GetTaskResult(t.Context(), 19)
	if m, ok := r.Value.(map[string]any); err != nil || r.Fault != nil || !ok || m["brootid"] != int64(1) {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestTaskOutput reads files in parts, and sizes that do not fit into XML-RPC's integers.
func TestTaskOutput(t *testing.T) {
	changed := time.Date(2026, 11, 25, 12, 0, 0, 500e6, time.UTC)
	hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Data{Tasks: []hubtest.Task{{Method: "m", Output: []hubtest.OutputFile{
		{Name: "build.log", Content: "one\x1b\xff\ntwo\n", Modified: changed}, {Name: "debug/big.log", Size: 1 << 33},
	}}}}})
	c := newClient(t, kojirpc.Options{Server: hub.URL})
	files, err := c.StatTaskOutput(t.Context(), 1)
	want := kojirpc.OutputFile{Size: 10, Modified: changed}
	if err != nil || len(files) != 2 || files["build.log"] != want || files["debug/big.log"].Size != 1<<33 {
		t.Errorf("%v, %v", files, err)
	}
	batch := kojirpc.NewBatch(c)
	none, again := batch.StatTaskOutput(99), batch.StatTaskOutput(1)
	if err := batch.Send(t.Context()); err != nil {
		t.Fatal(err)
	}
	if files, err := none.Get(); len(files) > 0 || err != nil {
		t.Errorf("of no task: %v, %v", files, err)
	}
	if files, err := again.Get(); files["build.log"] != want || err != nil {
		t.Errorf("in a batch: %v, %v", files, err)
	}
	text, err := c.DownloadTaskOutput(t.Context(), 1, "build.log", 3, 5)
	if err != nil || string(text) != "\x1b\xff\ntw" {
		t.Errorf("%q, %v", text, err)
	}
	_, err = c.DownloadTaskOutput(t.Context(), 1, "root.log", 0, 100)
	if !errors.Is(err, kojirpc.CodeGenericError) {
		t.Errorf("of no file: %v", err)
	}
	_, err = c.DownloadTaskOutput(t.Context(), 1, "build.log", 0, -1)
	mustFail(t, err, "the size is negative")
}

// TestOddTaskOutput checks that nonsensical answers are errors.
func TestOddTaskOutput(t *testing.T) {
	hub := hubtest.Start(t, hubtest.Options{})
	c := newClient(t, kojirpc.Options{Server: hub.URL})
	hub.Inject(hubtest.Failure{Effect: hubtest.Answer("<methodResponse><params><param><value><string>!</string></value></param></params></methodResponse>")})
	_, err := c.DownloadTaskOutput(t.Context(), 1, "build.log", 0, 10)
	mustFail(t, err, "hub downloadTaskOutput 1: illegal base64 data")
}

func TestNothingFound(t *testing.T) {
	c := replayOne(t, "getUser-missing")
	_, err := c.GetUser(t.Context(), kojirpc.Name("bob"))
	if !errors.Is(err, koji.ErrNotFound) || err.Error() != `hub getUser "bob": not found` {
		t.Error(err)
	}
	if _, err := c.GetLoggedInUser(t.Context()); !errors.Is(err, kojirpc.ErrNotLoggedIn) {
		t.Error(err)
	}
	if u, err := kojirpc.CallInto[*koji.User](t.Context(), c, "getUser", 5); u != nil || err != nil {
		t.Error(u, err)
	}
	if u, err := kojirpc.CallInto[koji.User](t.Context(), c, "getUser", 5); u.ID != 0 || err != nil {
		t.Error(u, err)
	}
}

// TestEmptyRef checks that an empty reference is an error: the hub would take nil for the
// calling user, or for all.
func TestEmptyRef(t *testing.T) {
	c := newClient(t, kojirpc.Options{Server: "http://127.0.0.1:1/"})
	_, err := c.GetUser(t.Context(), koji.Ref{})
	mustFail(t, err, "hub getUser: neither id nor name given")
	_, err = c.ListTagged(t.Context(), koji.Ref{}, kojirpc.TaggedFilter{})
	mustFail(t, err, "neither id nor name given")
}

func TestOldHubHasNoVersion(t *testing.T) {
	v, err := replayOne(t, "fault-unknown-method").GetKojiVersion(t.Context())
	if v != "1.22" || err != nil {
		t.Error(v, err)
	}
	c := replayOne(t, "fault-GenericError")
	if v, err := c.GetKojiVersion(t.Context()); v != "" || !errors.Is(err, kojirpc.CodeGenericError) {
		t.Error(v, err)
	}
	if c.HubVersion() != "1.35.3" {
		t.Errorf("hub version %q", c.HubVersion())
	}
}

// TestFilters checks that every field of the filters reaches the hub with Koji's name.
func TestFilters(t *testing.T) {
	var mu sync.Mutex
	var got []any
	url := startHub(t, hubFunc(func(method string, params []any) (any, *fault) {
		mu.Lock()
		defer mu.Unlock()
		got = append([]any{method}, params...)
		if strings.Contains(jsonText(params), "countOnly") {
			return 7, nil
		}
		return []any{}, nil
	}))
	c := newClient(t, kojirpc.Options{Server: url})
	at := time.Date(2026, 11, 22, 6, 40, 50, 500000000, time.UTC)
	ctx := t.Context()
	calls := []func() error{
		func() error {
			_, err := c.ListTasks(ctx, kojirpc.TaskFilter{
				States: []koji.TaskState{koji.TaskFree, koji.TaskAssigned}, NotStates: []koji.TaskState{koji.TaskFailed},
				Method: "build", Arches: []string{"noarch"}, Owner: 1, Host: 2, Channel: 3, Parent: 4,
				CreatedAfter: at, CreatedBefore: at, StartedAfter: at, StartedBefore: at, CompleteAfter: at, CompleteBefore: at,
			}, kojirpc.QueryOpts{Order: "-id", Limit: 10, Offset: 20})
			return err
		},
		func() error {
			_, err := c.CountTasks(ctx, kojirpc.TaskFilter{TopLevel: true})
			return err
		},
		func() error {
			_, err := c.ListBuilds(ctx, kojirpc.BuildFilter{
				Package: kojirpc.Name("bash"), User: kojirpc.ID(1), Task: 2, State: koji.BuildBuilding, Type: "image", Prefix: "b",
				Pattern: "b*", Volume: 3, Source: "git", CG: kojirpc.Name("osbs"), Draft: koji.Some(false),
				CreatedAfter: at, CreatedBefore: at, CompleteAfter: at, CompleteBefore: at, PromotedAfter: at, PromotedBefore: at,
			}, kojirpc.QueryOpts{Limit: 1})
			return err
		},
		func() error {
			_, err := c.ListTagged(ctx, kojirpc.ID(1), kojirpc.TaggedFilter{
				Package: "bash", Owner: "bob", Type: "image", Prefix: "b", Inherit: true, Latest: true, Event: 5, Draft: koji.Some(true),
			})
			return err
		},
		func() error {
			_, err := c.ListTags(ctx, kojirpc.TagFilter{Package: kojirpc.ID(1), Pattern: "f*"}, kojirpc.QueryOpts{Order: "name"})
			return err
		},
		func() error {
			_, err := c.ListHosts(ctx, kojirpc.HostFilter{
				Arches: []string{"x86_64"}, Channel: kojirpc.Name("default"), User: kojirpc.ID(1), Enabled: koji.Some(true), Ready: koji.Some(false),
			}, kojirpc.QueryOpts{})
			return err
		},
		func() error {
			_, err := c.ListChannels(ctx, kojirpc.ID(1))
			return err
		},
		func() error {
			_, err := c.ListTaskOutput(ctx, 1)
			return err
		},
	}
	var all []any
	for _, call := range calls {
		if err := call(); err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		all = append(all, got)
		mu.Unlock()
	}
	compareJSON(t, "filters.json", all)
}
