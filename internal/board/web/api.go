package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/board"
)

// apiBuild is an entry of the board for programs: a top-level task with those below it, the
// build that it makes, or both.
type apiBuild struct {
	Key         string       `json:"key"`
	State       board.State  `json:"state"`
	TaskID      int64        `json:"task_id,omitempty"`
	BuildID     int64        `json:"build_id,omitempty"`
	Method      string       `json:"method,omitempty"`
	Name        string       `json:"name"`
	Package     string       `json:"package,omitempty"`
	NVR         string       `json:"nvr,omitempty"`
	Owner       string       `json:"owner,omitempty"`
	Target      string       `json:"target,omitempty"`
	Tags        []string     `json:"tags"`
	Scratch     bool         `json:"scratch"`
	Overdue     bool         `json:"overdue"`
	Cause       string       `json:"cause,omitempty"`
	URL         string       `json:"url,omitempty"`
	BeganAt     time.Time    `json:"began_at,omitzero"`
	CompletedAt time.Time    `json:"completed_at,omitzero"`
	Estimate    *apiEstimate `json:"estimate,omitempty"`
	Tasks       []apiTask    `json:"tasks"`
}

// apiTask is a task for programs.
type apiTask struct {
	ID          int64        `json:"id"`
	Parent      int64        `json:"parent,omitempty"`
	Build       string       `json:"build"` // the key of the entry
	Method      string       `json:"method,omitempty"`
	State       string       `json:"state,omitempty"` // Koji's name
	Arch        string       `json:"arch,omitempty"`
	Owner       string       `json:"owner,omitempty"`
	Channel     string       `json:"channel,omitempty"`
	Host        string       `json:"host,omitempty"`
	URL         string       `json:"url,omitempty"`
	CreatedAt   time.Time    `json:"created_at,omitzero"`
	StartedAt   time.Time    `json:"started_at,omitzero"`
	CompletedAt time.Time    `json:"completed_at,omitzero"`
	Estimate    *apiEstimate `json:"estimate,omitempty"`
}

// apiEstimate says when something will be done.
type apiEstimate struct {
	StartsAt       time.Time `json:"starts_at,omitzero"`
	CompletionAt   time.Time `json:"completion_at"`
	CompletionLow  time.Time `json:"completion_low,omitzero"`
	CompletionHigh time.Time `json:"completion_high,omitzero"`
	Ahead          int       `json:"ahead"`
	Overdue        bool      `json:"overdue"`
	Basis          string    `json:"basis,omitempty"`
	Reason         string    `json:"reason,omitempty"`
	Log            *apiLog   `json:"log,omitempty"`
}

// apiLog says how far the log of a running task is.
type apiLog struct {
	Size      int64   `json:"size"`
	Share     float64 `json:"share,omitempty"`
	SilentFor int64   `json:"silent_for"` // seconds
}

func newAPILog(l board.Log) *apiLog {
	if l.Size == 0 {
		return nil
	}
	return &apiLog{l.Size, math.Round(100*l.Share) / 100, int64(l.SilentFor / time.Second)}
}

func newAPIEstimate(e board.Estimate, live bool) *apiEstimate {
	if !live || !e.Known() {
		return nil
	}
	return &apiEstimate{e.StartsAt, e.CompletionAt, e.Low, e.High, e.Ahead, e.Overdue, e.Basis, e.Reason, newAPILog(e.Log)}
}

func newAPIBuild(e *board.Entry) apiBuild {
	b := apiBuild{
		Key: e.Key, State: e.State, Method: e.Method(), Name: e.Name, Package: e.Package, Owner: e.Owner, Target: e.Target,
		Tags: append([]string{}, e.Tags()...), Scratch: e.Scratch, Overdue: e.Overdue(), Cause: e.Cause, URL: e.URL,
		BeganAt: e.Began, CompletedAt: e.Ended, Estimate: newAPIEstimate(e.Estimate(), e.State.Live()), Tasks: []apiTask{},
	}
	if root := e.Root(); root != nil {
		b.TaskID, b.NVR, b.BuildID = root.ID, root.NVR, root.BuildID
	}
	if e.Build != nil {
		b.BuildID, b.NVR = e.Build.ID, cmp.Or(e.Build.NVR, b.NVR)
	}
	for i := range e.Tasks {
		b.Tasks = append(b.Tasks, newAPITask(e, &e.Tasks[i]))
	}
	return b
}

func newAPITask(e *board.Entry, n *board.Node) apiTask {
	return apiTask{
		ID: n.ID, Parent: n.Parent, Build: e.Key, Method: n.Method, State: n.State.String(), Arch: n.Arch, Owner: n.Owner,
		Channel: n.Channel, Host: n.Host, URL: n.URL, CreatedAt: n.Created, StartedAt: n.Started, CompletedAt: n.Ended,
		Estimate: newAPIEstimate(n.Estimate, n.Live()),
	}
}

// The bounds of how much an answer has.
const (
	defaultLimit = 100
	maxLimit     = 5000
)

// limit reads the query's limit.
func limit(r *http.Request) (int, error) {
	text := r.URL.Query().Get("limit")
	if text == "" {
		return defaultLimit, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxLimit {
		return 0, fmt.Errorf("limit must be a number from 1 to %d", maxLimit)
	}
	return n, nil
}

// matching returns the entries that the query's filter lets pass.
func matching(r *http.Request, s *board.Snapshot) []*board.Entry {
	f := board.ParseFilter(r.URL.Query())
	return slices.DeleteFunc(s.All(), func(e *board.Entry) bool { return !f.Match(e) })
}

// head is what answers begin with.
type head struct {
	At      time.Time `json:"at"`
	Version string    `json:"version"`
}

func (s *Server) head(snapshot *board.Snapshot) head {
	return head{s.opts.Board.Now().UTC().Truncate(time.Millisecond), s.version(snapshot)}
}

func (s *Server) apiBuilds(w http.ResponseWriter, r *http.Request) {
	most, err := limit(r)
	if err != nil {
		problem(w, http.StatusBadRequest, err.Error())
		return
	}
	snapshot, _ := s.opts.Board.Snapshot()
	entries := matching(r, snapshot)
	answer := struct {
		head
		Total  int        `json:"total"`
		Builds []apiBuild `json:"builds"`
	}{s.head(snapshot), len(entries), []apiBuild{}}
	for _, e := range entries[:min(len(entries), most)] {
		answer.Builds = append(answer.Builds, newAPIBuild(e))
	}
	serveJSON(w, r, answer)
}

func (s *Server) apiTasks(w http.ResponseWriter, r *http.Request) {
	most, err := limit(r)
	if err != nil {
		problem(w, http.StatusBadRequest, err.Error())
		return
	}
	snapshot, _ := s.opts.Board.Snapshot()
	answer := struct {
		head
		Total int       `json:"total"`
		Tasks []apiTask `json:"tasks"`
	}{s.head(snapshot), 0, []apiTask{}}
	for _, e := range matching(r, snapshot) {
		for i := range e.Tasks {
			if answer.Total++; len(answer.Tasks) < most {
				answer.Tasks = append(answer.Tasks, newAPITask(e, &e.Tasks[i]))
			}
		}
	}
	serveJSON(w, r, answer)
}

// apiQueueRow is a channel and an arch for programs.
type apiQueueRow struct {
	Channel   string    `json:"channel"`
	Arch      string    `json:"arch"`
	Running   int       `json:"running"`
	Waiting   int       `json:"waiting"`
	NextStart time.Time `json:"next_start_at,omitzero"`
}

func (s *Server) apiQueue(w http.ResponseWriter, r *http.Request) {
	snapshot, _ := s.opts.Board.Snapshot()
	answer := struct {
		head
		Queue []apiQueueRow `json:"queue"`
	}{s.head(snapshot), []apiQueueRow{}}
	for _, q := range snapshot.Queue {
		answer.Queue = append(answer.Queue, apiQueueRow(q))
	}
	serveJSON(w, r, answer)
}

func (s *Server) apiStatus(w http.ResponseWriter, r *http.Request) {
	if s.opts.Status == nil {
		problem(w, http.StatusNotFound, "nobody tells a status here")
		return
	}
	serveJSON(w, r, s.opts.Status())
}

// apiEvents sends the builds that pass the filter, and then those that change.
func (s *Server) apiEvents(w http.ResponseWriter, r *http.Request) {
	st, ok := s.open(w)
	if !ok {
		return
	}
	defer s.close()
	var has map[string]*board.Entry
	s.follow(r, st, since(r), func(snapshot *board.Snapshot) {
		shown := map[string]*board.Entry{}
		if has == nil {
			st.send("reset", "", []byte("{}"))
		}
		for _, e := range matching(r, snapshot) {
			if shown[e.Key] = e; has[e.Key] != e {
				st.sendJSON("build", newAPIBuild(e))
			}
		}
		for key := range has {
			if shown[key] == nil {
				st.sendJSON("gone", map[string]string{"key": key})
			}
		}
		has = shown
		st.send("complete", s.version(snapshot), fmt.Appendf(nil, `{"builds":%d}`, len(shown)))
	})
}

func (st *stream) sendJSON(kind string, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		st.err = err
		return
	}
	st.send(kind, "", text)
}

// The bounds of a wait.
const (
	defaultWait = time.Minute
	maxWait     = 10 * time.Minute
)

// wanted is what a request waits for.
type wanted struct {
	build, until, tag string
	timeout           time.Duration
}

func parseWanted(r *http.Request) (wanted, error) {
	q := r.URL.Query()
	want := wanted{build: q.Get("build"), until: cmp.Or(q.Get("until"), "ended"), tag: q.Get("tag"), timeout: defaultWait}
	if seconds := q.Get("timeout"); seconds != "" {
		n, err := strconv.Atoi(seconds)
		if want.timeout = time.Duration(n) * time.Second; err != nil || n < 0 || want.timeout > maxWait {
			return want, fmt.Errorf("timeout must be a number of seconds up to %d", maxWait/time.Second)
		}
	}
	switch {
	case want.build == "":
		return want, fmt.Errorf("build is missing: a key like task/12 or build/7, or an NVR")
	case want.until != "ended" && want.until != "tagged":
		return want, fmt.Errorf("until must be ended or tagged")
	}
	return want, nil
}

// find returns the entry that is waited for, nil if there is none yet.
func (w *wanted) find(s *board.Snapshot) *board.Entry {
	if e := s.Entry(w.build); e != nil {
		return e
	}
	for _, e := range s.All() {
		if e.Name == w.build || e.Build != nil && (e.Build.NVR == w.build || w.build == "build/"+strconv.FormatInt(e.Build.ID, 10)) {
			return e
		}
	}
	return nil
}

// look reports whether the wait is over, and whether what was wanted has come.
func (w *wanted) look(e *board.Entry) (over, met bool) {
	switch {
	case e == nil:
		return false, false
	case w.until == "ended":
		return !e.State.Live(), !e.State.Live()
	case slices.ContainsFunc(e.Tags(), func(tag string) bool { return w.tag == "" || tag == w.tag }):
		return true, true
	}
	return e.State == board.Failed || e.State == board.Canceled, false
}

// apiWait answers when something has come about, or can't any more, or time is up.
func (s *Server) apiWait(w http.ResponseWriter, r *http.Request) {
	want, err := parseWanted(r)
	if err != nil {
		problem(w, http.StatusBadRequest, err.Error())
		return
	}
	if s.viewers.Add(1) > int64(s.opts.Viewers) {
		s.viewers.Add(-1)
		w.Header().Set("Retry-After", "30")
		problem(w, http.StatusServiceUnavailable, "there are too many viewers; try again later")
		return
	}
	defer s.close()
	conn := http.NewResponseController(w)
	_ = conn.SetReadDeadline(time.Time{}) // a connection has deadlines
	_ = conn.SetWriteDeadline(time.Now().Add(want.timeout + slowAfter))
	timer := time.NewTimer(want.timeout)
	defer timer.Stop()
	for {
		snapshot, changed := s.opts.Board.Snapshot()
		e := want.find(snapshot)
		over, met := want.look(e)
		select {
		case <-r.Context().Done():
			return
		case <-timer.C:
			over = true
		default:
		}
		if over {
			s.answerWait(w, r, snapshot, e, met)
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-s.ending:
			s.answerWait(w, r, snapshot, e, met)
			return
		case <-timer.C:
			s.answerWait(w, r, snapshot, e, met)
			return
		case <-changed:
		}
	}
}

func (s *Server) answerWait(w http.ResponseWriter, r *http.Request, snapshot *board.Snapshot, e *board.Entry, met bool) {
	answer := struct {
		head
		Met   bool      `json:"met"`
		Build *apiBuild `json:"build,omitempty"`
	}{head: s.head(snapshot), Met: met}
	if e != nil {
		b := newAPIBuild(e)
		answer.Build = &b
	}
	serveJSON(w, r, answer)
}

func (s *Server) openapi(w http.ResponseWriter, r *http.Request) {
	text, err := files.ReadFile("openapi.json")
	if err != nil {
		problem(w, http.StatusInternalServerError, "the description cannot be read")
		return
	}
	serve(w, r, http.StatusOK, "application/json", []byte(strings.Replace(string(text), `"url": "/"`, `"url": `+strconv.Quote(s.opts.BasePath+"/"), 1)))
}

func serveJSON(w http.ResponseWriter, r *http.Request, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		problem(w, http.StatusInternalServerError, "the answer cannot be written")
		return
	}
	serve(w, r, http.StatusOK, "application/json", append(text, '\n'))
}

// problem answers with what is wrong (RFC 9457).
func problem(w http.ResponseWriter, code int, detail string) {
	text, _ := json.Marshal(map[string]any{"title": http.StatusText(code), "status": code, "detail": detail}) // it is plain
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(code)
	_, _ = w.Write(text) // who is gone does not need it
}
