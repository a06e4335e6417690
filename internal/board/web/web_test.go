package web

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"html"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.uber.org/goleak"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/board"
	"github.com/kojiwatch/kojiwatch/internal/status"
	"github.com/kojiwatch/kojiwatch/koji"
)

func TestMain(m *testing.M) {
	flag.Parse()
	goleak.VerifyTestMain(m)
}

// world is a board that runs, and a server of it.
type world struct {
	t     testing.TB
	board *board.Board
	http  *httptest.Server
	began time.Time
	n     int
}

func newWorld(t testing.TB, o Options) *world {
	t.Helper()
	w := &world{t: t, board: board.New(board.Options{}), began: time.Now()}
	o.Board = w.board
	server, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.http = httptest.NewServer(server)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { w.board.Run(ctx); close(ended) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		w.http.Close()
		cancel()
		<-ended
	})
	return w
}

// task tells of a task of the given name.
func (w *world) task(id, parent int64, name string, state koji.TaskState) {
	arch := ""
	method := "build"
	if parent != 0 {
		arch, method = "x86_64", "buildArch"
	}
	t := &koji.Task{
		ID: id, Parent: parent, Method: method, State: state, Label: arch, Created: w.began.Add(-time.Hour), Started: w.began.Add(-time.Minute),
		Owner: koji.Ref{Name: name}, Channel: koji.Ref{Name: name}, Host: koji.Ref{Name: name},
		Request: koji.Request{Package: name, Target: koji.Ref{Name: name}, Arch: arch},
	}
	if state.Final() {
		t.Ended = time.Now()
	}
	if state == koji.TaskFree {
		t.Started = time.Time{}
	}
	w.tell(t, event.Estimate{StartsAt: w.began, CompletionAt: w.began.Add(time.Hour), Overdue: true, Ahead: 3})
}

// tell tells of a task and its estimate, whose interval is as wide as two hours.
func (w *world) tell(t *koji.Task, e event.Estimate) {
	w.n++
	e.CompletionLow, e.CompletionHigh, e.Duration = e.CompletionAt.Add(-time.Hour), e.CompletionAt.Add(time.Hour), koji.Some(time.Hour)
	w.board.Observe(&event.Event{
		ID: fmt.Sprint(w.n), Type: event.TaskStateChange, ReceivedAt: time.Now(), Task: t, Estimate: &e,
		URL: fmt.Sprintf("https://koji.example.com/koji/taskinfo?taskID=%d", t.ID),
	})
}

// settle waits until the board shows what it was told.
func (w *world) settle(ready func(*board.Snapshot) bool) {
	w.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; {
		s, changed := w.board.Snapshot()
		if ready(s) {
			return
		}
		select {
		case <-changed:
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			w.t.Fatal("the board does not show what it was told")
		}
	}
}

// answer is an answer without its text.
type answer struct {
	code   int
	header http.Header
}

func (w *world) get(path string, headers ...string) (answer, string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.http.URL+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header}, string(text)
}

func there(key string) func(*board.Snapshot) bool {
	return func(s *board.Snapshot) bool { return s.Entry(key) != nil }
}

// aBuild is a build that runs and one that failed.
func aBuild(w *world) {
	w.task(1, 0, "bash", koji.TaskOpen)
	w.task(2, 1, "bash", koji.TaskOpen)
	w.task(3, 0, "zsh", koji.TaskFailed)
	w.task(4, 3, "zsh", koji.TaskFailed)
	w.settle(there("task/3"))
}

func wellStatus() *status.Status {
	s := &status.Status{Format: status.Format, At: time.Now(), StartedAt: time.Now(), Sinks: []status.Sink{}, Broker: status.Broker{Addresses: []string{}}}
	s.Judge()
	return s
}

func TestPages(t *testing.T) {
	w := newWorld(t, Options{Status: wellStatus})
	aBuild(w)
	for path, want := range map[string]struct {
		code  int
		texts []string
	}{
		"/":                         {200, []string{"bash", "zsh", "overdue", "buildArch for x86_64 on zsh failed", `<progress max="1000"`, `href="/task/1"`}},
		"/?package=zsh":             {200, []string{"zsh", `value="zsh"`, "Show all"}},
		"/task/1":                   {200, []string{"Time line", "<svg", "https://koji.example.com/koji/taskinfo?taskID=1", "3 ahead"}},
		"/task/3":                   {200, []string{"failed"}},
		"/task/99":                  {404, []string{"no such build"}},
		"/build/x":                  {404, nil},
		"/daemon":                   {200, []string{"kojiwatch starts"}},
		"/static/board.js":          {200, []string{"EventSource"}},
		"/static/style.css":         {200, nil},
		"/static/web.go":            {404, nil},
		"/static/..%2fopenapi.json": {404, nil},
		"/nothing":                  {404, []string{"<h1>Not Found</h1>"}},
		"/api/v1/nothing":           {404, []string{`"status":404`}},
	} {
		resp, text := w.get(path)
		if resp.code != want.code {
			t.Errorf("%s: the status is %d, want %d", path, resp.code, want.code)
		}
		for _, part := range want.texts {
			if !strings.Contains(text, part) {
				t.Errorf("%s lacks %q:\n%s", path, part, text)
			}
		}
		if resp.header.Get("Content-Security-Policy") != policy || resp.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: the headers are %v", path, resp.header)
		}
		if strings.Contains(text, "<script>") || strings.Contains(text, "style=") || strings.Contains(text, " on") && strings.Contains(text, "onerror=") {
			t.Errorf("%s has a script or a style in it", path)
		}
	}
}

// TestHostile: what messages name is never more than text, and never hidden.
func TestHostile(t *testing.T) {
	names := []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "ba\u202esh\u2066x", "a\x00b\x1b[31m", `javascript:alert(1)`, `{{.}}`, "'; --",
		strings.Repeat("long", 1000), "</textarea></template></svg><b>",
	}
	w := newWorld(t, Options{})
	for i, name := range names {
		w.task(int64(10*i+1), 0, name, koji.TaskOpen)
		w.task(int64(10*i+2), int64(10*i+1), name, koji.TaskOpen)
	}
	w.settle(there("task/81"))
	snapshot, _ := w.board.Snapshot()
	v := &viewer{s: w.http.Config.Handler.(*Server)}
	live, err := v.next(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	var m state
	_, data, _ := strings.Cut(string(live), "data: ")
	if err := json.Unmarshal([]byte(data), &m); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, html := range m.Items {
		all = append(all, html)
	}
	for _, path := range []string{"/", "/task/1", "/task/11", "/task/21", "/task/31", "/task/81"} {
		_, text := w.get(path)
		all = append(all, text)
	}
	for _, text := range all {
		for _, bad := range []string{"<script>", "<img", "<b>", "\u202e", "\u2066", "\x00", "\x1b", "ZgotmplZ", `href="javascript`, strings.Repeat("long", 100)} {
			if strings.Contains(text, bad) {
				t.Errorf("%q is in\n%.3000s", bad, text)
			}
		}
	}
	if !strings.Contains(strings.Join(all, ""), `ba\u202esh\u2066x`) {
		t.Error("the override of the direction is not shown")
	}
}

func TestBasePath(t *testing.T) {
	w := newWorld(t, Options{BasePath: "/koji/board"})
	aBuild(w)
	for path, want := range map[string]string{
		"/koji/board":                     `href="/koji/board/task/1"`,
		"/koji/board/":                    `data-live="/koji/board/live?since=`,
		"/koji/board/task/1":              `src="/koji/board/static/board.js`,
		"/koji/board/api/v1/builds":       `"key":"task/1"`,
		"/koji/board/api/v1/openapi.json": `"url": "/koji/board/"`,
		"/":                               "404",
		"/koji/boardroom":                 "404",
	} {
		if _, text := w.get(path); !strings.Contains(text, want) {
			t.Errorf("%s lacks %q:\n%.500s", path, want, text)
		}
	}
	if _, err := New(Options{BasePath: "koji/"}); err == nil {
		t.Error("a base path without a slash is accepted")
	}
}

func TestAccess(t *testing.T) {
	password := func() (string, error) { return "secret", nil }
	local := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	far := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	basic := func(user, password string) []string {
		r, _ := http.NewRequest(http.MethodGet, "/", nil)
		r.SetBasicAuth(user, password)
		return []string{"Authorization", r.Header.Get("Authorization")}
	}
	for name, test := range map[string]struct {
		access  Access
		headers []string
		code    int
	}{
		"everybody":                    {Access{}, nil, 200},
		"no password":                  {Access{Username: "koji", Password: password}, nil, 401},
		"the password":                 {Access{Username: "koji", Password: password}, basic("koji", "secret"), 200},
		"a wrong password":             {Access{Username: "koji", Password: password}, basic("koji", "secre"), 401},
		"a wrong user":                 {Access{Username: "koji", Password: password}, basic("kojj", "secret"), 401},
		"a password that can't be had": {Access{Username: "koji", Password: func() (string, error) { return "", errors.New("no file") }}, basic("koji", ""), 401},
		"by a proxy":                   {Access{UserHeader: "X-User", Proxies: local}, []string{"X-User", "alice"}, 200},
		"by a proxy that names nobody": {Access{UserHeader: "X-User", Proxies: local}, nil, 403},
		"by somebody else":             {Access{UserHeader: "X-User", Proxies: far}, []string{"X-User", "alice"}, 403},
		"either of them":               {Access{Username: "koji", Password: password, UserHeader: "X-User", Proxies: far}, basic("koji", "secret"), 200},
	} {
		w := newWorld(t, Options{Access: test.access})
		for _, path := range []string{"/", "/api/v1/builds", "/static/board.js"} {
			if resp, _ := w.get(path, test.headers...); resp.code != test.code {
				t.Errorf("%s: %s: the status is %d, want %d", name, path, resp.code, test.code)
			}
		}
	}
	if !(&Access{}).isProxy("@") || (&Access{Proxies: local}).isProxy("[::1]:80") || !(&Access{Proxies: local}).isProxy("[::ffff:127.0.0.1]:80") {
		t.Error("the addresses of proxies are misread")
	}
}

// sent is an event of a stream.
type sent struct{ kind, id, data string }

// listen opens a stream. The events end when it is closed.
func (w *world) listen(path string, headers ...string) (events chan sent, closeStream func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.http.URL+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req) //nolint:bodyclose // who reads it does
	if err != nil {
		w.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		w.t.Fatalf("%s: the status is %d", path, resp.StatusCode)
	}
	events = make(chan sent, 1000)
	go func() {
		defer close(events)
		defer resp.Body.Close()
		var e sent
		for lines := bufio.NewReader(resp.Body); ; {
			line, err := lines.ReadString('\n')
			if err != nil {
				return
			}
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			switch name {
			case "event":
				e.kind = value
			case "id":
				e.id = value
			case "data":
				e.data = value
			case "":
				if e.kind != "" {
					events <- e
				}
				e = sent{}
			}
		}
	}()
	return events, func() {
		cancel()
		for range events { //nolint:revive // until it has ended
		}
	}
}

// next returns the next event that is no ping.
func (w *world) next(events chan sent) sent {
	w.t.Helper()
	late := time.After(10 * time.Second)
	for {
		select {
		case e := <-events:
			if e.kind != "ping" {
				return e
			}
		case <-late:
			w.t.Fatal("no event comes")
		}
	}
}

// TestLive: a page hears what changes, and nothing else; one that comes again with the
// newest id hears nothing until something changes, and with any other id all.
func TestLive(t *testing.T) {
	w := newWorld(t, Options{})
	aBuild(w)
	events, end := w.listen("/live?owner=bash")
	e := w.next(events)
	var m state
	if err := json.Unmarshal([]byte(e.data), &m); err != nil || e.kind != "state" || e.id == "" {
		t.Fatalf("%v: %+v", err, e)
	}
	if len(m.Items) != 2 || m.Lists["live"].Keys[0] != "task/1" || m.Lists["failed"].Count != "0" || m.Items["queue bash/x86_64"] == "" {
		t.Errorf("the first state is %+v", m)
	}
	w.task(2, 1, "bash", koji.TaskClosed)
	e = w.next(events)
	m = state{}
	if err := json.Unmarshal([]byte(e.data), &m); err != nil {
		t.Fatal(err)
	}
	if len(m.Items) != 1 || len(m.Lists) != 2 || !strings.Contains(m.Items["live task/1"], `class="complete"`) {
		t.Errorf("the second state is %+v", m)
	}
	end()
	for _, since := range []string{"", "another." + strings.Split(e.id, ".")[1]} {
		again, end := w.listen("/live?owner=bash", "Last-Event-ID", since)
		if e := w.next(again); !strings.Contains(e.data, `"task/1"`) {
			t.Errorf("since %q comes %+v", since, e)
		}
		end()
	}
	again, end := w.listen("/live?owner=bash", "Last-Event-ID", e.id)
	defer end()
	w.task(9, 0, "bash", koji.TaskFree)
	m = state{}
	if err := json.Unmarshal([]byte(w.next(again).data), &m); err != nil {
		t.Fatal(err)
	}
	if keys := m.Lists["live"].Keys; len(m.Items) != 2 || len(keys) != 2 || keys[0] != "task/9" {
		t.Errorf("after it came again: %+v", m)
	}
}

// TestLoaded: a page is sent what has changed since it was loaded, and no more.
func TestLoaded(t *testing.T) {
	w := newWorld(t, Options{})
	aBuild(w)
	_, text := w.get("/?group=owner")
	_, live, _ := strings.Cut(text, `data-live="`)
	live, _, _ = strings.Cut(live, `"`)
	w.task(9, 0, "bash", koji.TaskFree)
	w.settle(there("task/9"))
	events, end := w.listen(html.UnescapeString(live))
	defer end()
	var m state
	if err := json.Unmarshal([]byte(w.next(events).data), &m); err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(m.Items)); !slices.Equal(got, []string{"live group/bash", "live task/9", "queue bash/noarch"}) {
		t.Errorf("it is sent %v", got)
	}
}

func TestLiveEntry(t *testing.T) {
	w := newWorld(t, Options{})
	aBuild(w)
	events, end := w.listen("/live/task/1")
	defer end()
	if e := w.next(events); !strings.Contains(e.data, "Time line") {
		t.Errorf("the first state is %+v", e)
	}
	w.task(9, 0, "other", koji.TaskFree)
	w.task(1, 0, "bash", koji.TaskClosed)
	if e := w.next(events); !strings.Contains(e.data, "ended") {
		t.Errorf("the second state is %+v", e)
	}
}

func TestTooManyViewers(t *testing.T) {
	w := newWorld(t, Options{Viewers: 1})
	_, end := w.listen("/live")
	for _, path := range []string{"/live", "/api/v1/events", "/api/v1/wait?build=x"} {
		if resp, _ := w.get(path); resp.code != http.StatusServiceUnavailable || resp.header.Get("Retry-After") == "" {
			t.Errorf("%s: a second viewer gets %d", path, resp.code)
		}
	}
	end()
	w.settle(func(*board.Snapshot) bool { return w.http.Config.Handler.(*Server).Viewers() == 0 })
}

func TestAPIEvents(t *testing.T) {
	w := newWorld(t, Options{})
	aBuild(w)
	events, end := w.listen("/api/v1/events?state=running")
	defer end()
	var kinds []string
	read := func(n int) (last sent) {
		for range n {
			last = w.next(events)
			kinds = append(kinds, last.kind)
		}
		return last
	}
	last := read(3)
	w.task(1, 0, "bash", koji.TaskClosed)
	gone := read(1)
	if got := strings.Join(kinds, " "); got != "reset build complete gone" || last.id == "" || gone.data != `{"key":"task/1"}` {
		t.Errorf("%s; %+v, %+v", got, last, gone)
	}
}

func TestWait(t *testing.T) {
	w := newWorld(t, Options{})
	aBuild(w)
	for query, want := range map[string]string{
		"build=task/3":              `"met":true,"build":{"key":"task/3"`,
		"build=task/3&until=tagged": `"met":false,"build":`,
		"build=bash&timeout=0":      `"met":false,"build":{"key":"task/1"`,
		"build=other&timeout=0":     `"met":false}`,
		"":                          "build is missing",
		"build=x&until=noon":        "until must be",
		"build=x&timeout=x":         "timeout must be",
		"build=x&timeout=601":       "timeout must be",
	} {
		if _, text := w.get("/api/v1/wait?" + query); !strings.Contains(text, want) {
			t.Errorf("%s: %s", query, text)
		}
	}
	answered := make(chan string)
	go func() {
		_, text := w.get("/api/v1/wait?build=task/1&until=tagged&tag=f44")
		answered <- text
	}()
	build := &koji.Build{ID: 7, NVR: "bash-5-1", TaskID: 1, State: koji.BuildComplete}
	w.task(1, 0, "bash", koji.TaskClosed)
	for i, tag := range []string{"f43", "f44"} {
		w.board.Observe(&event.Event{ID: fmt.Sprint("tag", i), Type: event.Tag, Build: build, Tag: koji.Ref{Name: tag}})
	}
	if text := <-answered; !strings.Contains(text, `"met":true`) || !strings.Contains(text, `"nvr":"bash-5-1"`) {
		t.Errorf("the answer is %s", text)
	}
}

// TestOpenAPI holds openapi.json to what is served: the paths, and the answers by their
// schemas.
func TestOpenAPI(t *testing.T) {
	w := newWorld(t, Options{Status: wellStatus})
	aBuild(w)
	_, text := w.get("/api/v1/openapi.json")
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	paths := doc.(map[string]any)["paths"].(map[string]any)
	served := map[string]bool{}
	for _, r := range w.http.Config.Handler.(*Server).api() {
		served["/api/v1/"+r.pattern] = true
		if paths["/api/v1/"+r.pattern] == nil {
			t.Errorf("%s is not described", r.pattern)
		}
	}
	schemas := jsonschema.NewCompiler()
	schemas.AssertFormat()
	if err := schemas.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	for path := range paths {
		if !served[path] {
			t.Errorf("%s is described but not served", path)
		}
	}
	for path, name := range map[string]string{
		"builds": "Builds", "builds?state=failed&limit=1": "Builds", "tasks": "Tasks", "queue": "Queue", "status": "Status",
		"wait?build=task/1&timeout=0": "Wait", "wait?build=task/3": "Wait", "builds?limit=0": "Problem", "tasks?limit=x": "Problem", "wait": "Problem",
	} {
		schema, err := schemas.Compile("openapi.json#/components/schemas/" + name)
		if err != nil {
			t.Fatal(err)
		}
		resp, text := w.get("/api/v1/" + path)
		said, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v: %s", path, err, text)
		}
		if err := schema.Validate(said); err != nil {
			t.Errorf("%s: %v: %s", path, err, text)
		}
		if (name == "Problem") != (resp.code == http.StatusBadRequest) {
			t.Errorf("%s: the status is %d", path, resp.code)
		}
	}
}

// TestLook: what a page shows is in its address: groups, and how much of each list.
func TestLook(t *testing.T) {
	w := newWorld(t, Options{})
	for i := range int64(130) {
		w.task(i+1, 0, []string{"bash", "zsh", ""}[min(i, 2)], koji.TaskOpen)
	}
	w.settle(there("task/130"))
	for path, want := range map[string][]string{
		"/":                        {"130, the first 120 are shown", `<p id="more-live"><a href="/?show=480#title-live">Show more</a>`, `<p id="more-done" hidden>`},
		"/?show=480":               {`id="count-live">130</span>`, `name="show" value="480"`, `<p id="more-live" hidden>`},
		"/?show=0&group=x":         {"the first 120 are shown"},
		"/?show=99999":             {`value="2000"`, `id="count-live">130</span>`},
		"/?group=owner&show=2":     {"owner <bdi>bash</bdi> <span class=\"count\">1</span>", `href="/?group=owner&amp;show=8#title-live"`, `<option selected>owner</option>`, "the first 2 are shown"},
		"/?group=owner&owner=zsh":  {"owner <bdi>zsh</bdi>", `data-live="/live?group=owner&amp;owner=zsh&amp;since=`},
		"/?group=target&show=2000": {`data-key="group/"><h3>target not known <span class="count">128</span>`},
	} {
		_, text := w.get(path)
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%s lacks %q:\n%.3000s", path, part, text)
			}
		}
	}
	if _, text := w.get("/?group=owner"); strings.Index(text, "<bdi>bash</bdi> <span") > strings.Index(text, "owner not known") {
		t.Error("those that are in no group are not the last")
	}
}

// TestSize: the first page of a busy build system is small on its way.
func TestSize(t *testing.T) {
	w := newWorld(t, Options{})
	busy(w, 5000)
	resp, text := w.get("/", "Accept-Encoding", "gzip")
	if resp.header.Get("Content-Encoding") != "gzip" {
		t.Fatal("it is not compressed")
	}
	if len(text) > 60<<10 {
		t.Errorf("the page has %d bytes", len(text))
	}
	unpacked, err := gzip.NewReader(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(unpacked)
	if err != nil || !strings.Contains(string(page), "1000, the first 120 are shown") {
		t.Errorf("%v: the page does not say how many there are", err)
	}
	t.Logf("the page has %d bytes, %d compressed", len(page), len(text))
}

// busy tells of tasks that run or wait, in builds of five. Names, people, hosts and times
// are as different as those of a build system.
func busy(w *world, tasks int) {
	random := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		letters := make([]byte, 3+random.IntN(9))
		for i := range letters {
			letters[i] = byte('a' + random.IntN(26))
		}
		return string(letters)
	}
	ago := func() time.Time { return w.began.Add(-time.Duration(random.Int64N(int64(5 * time.Hour)))) }
	owners := make([]string, 100)
	for i := range owners {
		owners[i] = word()
	}
	for id := int64(1); id <= int64(tasks); id += 5 {
		r := koji.Request{
			Package: word() + "-" + word(), Target: koji.Ref{Name: fmt.Sprintf("f%d-%s", 42+random.IntN(4), word())}, Scratch: koji.Some(random.IntN(3) == 0),
		}
		root := koji.Task{ID: id, Method: "build", State: koji.TaskOpen, Created: ago(), Owner: koji.Ref{Name: owners[random.IntN(100)]}, Channel: koji.Ref{Name: "default"}, Request: r}
		root.Started = root.Created.Add(time.Minute)
		for i, arch := range []string{"", "x86_64", "aarch64", "ppc64le", "s390x"} {
			t := root
			if i > 0 {
				t.ID, t.Parent, t.Method, t.Label, t.Request.Arch, t.Created = id+int64(i), id, "buildArch", arch, arch, ago()
				t.Host = koji.Ref{Name: fmt.Sprintf("buildvm-%s-%02d.example.com", strings.ReplaceAll(arch, "_", "-"), random.IntN(40))}
				t.State, t.Started = []koji.TaskState{koji.TaskFree, koji.TaskOpen, koji.TaskClosed}[random.IntN(3)], ago()
			}
			w.tell(&t, event.Estimate{CompletionAt: w.began.Add(time.Duration(random.Int64N(int64(3 * time.Hour)))), Ahead: random.IntN(50)})
		}
	}
	w.settle(func(s *board.Snapshot) bool { return len(s.Live) == tasks/5 })
}
