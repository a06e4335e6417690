package hubtest_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

const exchanges = "../testdata/exchanges"

// lab is the recorded hub, which listens on three ports.
type lab struct {
	byPort map[string]*hubtest.Hub
	who    hubtest.Identity // who the next request is from
}

// The ports at which the hub was recorded.
const (
	portCert     = "8443" // optional certificate, requested in the handshake
	portGSSAPI   = "8444"
	portLocation = "8445" // certificate requested only at the URL for logins; gzip
)

func alice() hubtest.Identity {
	return hubtest.Identity{Verified: true, CN: "alice", DN: "CN=alice,O=Koji Lab"}
}

// newLab starts the hub in its state at the start of the recording, after some sessions.
func newLab(t *testing.T, docs map[string]string) *lab {
	t.Helper()
	l := &lab{byPort: map[string]*hubtest.Hub{}}
	principals := []string{"alice@KOJI.TEST", "bob@KOJI.TEST"}
	l.byPort[portCert] = l.hub(t, 13, hubtest.Options{}, docs)
	l.byPort[portGSSAPI] = l.hub(t, 19, hubtest.Options{Negotiate: func([]byte) (string, error) {
		next := principals[0]
		principals = principals[1:]
		return next, nil
	}}, docs)
	l.byPort[portLocation] = l.hub(t, 18, hubtest.Options{CertPerLocation: true, Gzip: true}, docs)
	return l
}

func (l *lab) hub(t *testing.T, sessions int, o hubtest.Options, docs map[string]string) *hubtest.Hub {
	t.Helper()
	o.Data = hubtest.Recorded()
	o.Data.Docs = docs
	o.Clock = func() time.Time { return time.Date(2026, 11, 22, 7, 8, 50, 0, time.UTC) }
	o.Identify = func(*http.Request) hubtest.Identity { return l.who }
	h, err := hubtest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	login(t, h, sessions, "ci-bot")
	return h
}

func login(t *testing.T, h *hubtest.Hub, times int, user string) {
	t.Helper()
	for range times {
		if _, err := h.Login(user); err != nil {
			t.Fatal(err)
		}
	}
}

// prepare repeats what was done before a recorded exchange.
func (l *lab) prepare(t *testing.T, name string, h *hubtest.Hub) *hubtest.Hub {
	t.Helper()
	l.who = hubtest.Identity{}
	switch name {
	case "sslLogin-cert", "fault-login-again", "sslLogin-renew", "fault-AuthError-proxy", "sslLogin-cert-location":
		l.who = alice()
	case "fault-AuthExpired":
		login(t, h, 1, "alice")      // session 15
		login(t, h, 1, "koji-admin") // session 16
		h.Expire(15)
	case "fault-AuthError-blocked":
		l.who = alice()
		h = l.hub(t, 0, hubtest.Options{ProxyUsers: []string{l.who.DN}}, nil)
		err := h.Update(func(d *hubtest.Data) {
			d.Users[slices.IndexFunc(d.Users, func(u hubtest.User) bool { return u.Name == "bob" })].Blocked = true
		})
		if err != nil {
			t.Fatal(err)
		}
	case "exclusiveSession":
		login(t, h, 2, "kojira") // sessions 17 and 18
	case "fault-ServerOffline":
		h.Offline("")
	case "fault-ServerOffline-message":
		h.Offline("odstávka do 18:00")
	case "fault-ServerOffline-lockout":
		h.Online()
		h.LockOut(true)
	case "fault-ServerOffline-database":
		h.LockOut(false)
		h.Offline("database outage")
	case "back-online":
		h.Online()
	case "fault-debug-GenericError", "fault-debug-Exception":
		h = l.hub(t, 0, hubtest.Options{Debug: true}, nil)
	case "session-in-url-disabled":
		h = l.hub(t, 21, hubtest.Options{DisableURLSessions: true}, nil)
		login(t, h, 1, "alice") // session 22
	}
	return h
}

// entry is an exchange of index.json.
type entry struct {
	Name string `json:"name"`
}

func index(t *testing.T) []entry {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(exchanges, "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all []entry
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 211 {
		t.Fatalf("%d exchanges, want 211", len(all))
	}
	return all
}

func recordedRequest(t *testing.T, name string) *http.Request {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(exchanges, name+".request"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// recorded is an answer.
type recorded struct {
	status int
	head   http.Header
	body   []byte
}

func recordedAnswer(t *testing.T, name string) recorded {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(exchanges, name+".response"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return recorded{resp.StatusCode, resp.Header, body(t, resp.Header, resp.Body)}
}

// TestRecorded repeats all recorded requests in order, and compares the answers with the
// recorded ones.
func TestRecorded(t *testing.T) {
	l := newLab(t, recordedDocs(t))
	for _, e := range index(t) {
		t.Run(e.Name, func(t *testing.T) {
			r := recordedRequest(t, e.Name)
			_, port, _ := strings.Cut(r.Host, ":")
			h := l.prepare(t, e.Name, l.byPort[port])
			useKey(r, h)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			want := recordedAnswer(t, e.Name)
			compareHeads(t, w.Code, w.Header(), want)
			compareBodies(t, body(t, w.Header(), w.Body), want.body, want.head.Get("Content-Type"))
		})
	}
}

// recordedDocs returns the documentation of calls, which is not part of the data.
func recordedDocs(t *testing.T) map[string]string {
	t.Helper()
	var rows []struct {
		Name string `xmlrpc:"name"`
		Doc  string `xmlrpc:"doc"`
	}
	if err := xmlrpc.DecodeResponse(recordedAnswer(t, "_listapi").body, xmlrpc.Limits{}, &rows); err != nil {
		t.Fatal(err)
	}
	docs := map[string]string{}
	for _, row := range rows {
		docs[row.Name] = row.Doc
	}
	return docs
}

// useKey replaces the recorded session key by the session's own, unless the recorded key
// was wrong on purpose.
func useKey(r *http.Request, h *hubtest.Hub) {
	for _, s := range h.Sessions() {
		id := regexp.MustCompile(`^0*` + regexp.QuoteMeta(itoa(s.ID)) + `$`)
		if id.MatchString(r.Header.Get("Koji-Session-Id")) && r.Header.Get("Koji-Session-Key") != "" &&
			r.Header.Get("Koji-Session-Key") != "bad" {
			r.Header.Set("Koji-Session-Key", s.Key)
		}
		q := r.URL.Query()
		if q.Get("session-id") == itoa(s.ID) {
			q.Set("session-key", s.Key)
			r.URL.RawQuery = q.Encode()
		}
	}
}

func body(t *testing.T, head http.Header, in io.Reader) []byte {
	t.Helper()
	if head.Get("Content-Encoding") == "gzip" {
		var err error
		if in, err = gzip.NewReader(in); err != nil {
			t.Fatal(err)
		}
	}
	out, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func compareHeads(t *testing.T, status int, got http.Header, want recorded) {
	t.Helper()
	if status != want.status {
		t.Errorf("status %d, want %d", status, want.status)
	}
	heads := []string{"Content-Type", "Koji-Version", "Allow", "Content-Encoding", "Vary"}
	if want.status == http.StatusUnauthorized { // with status 200, it has the token of mutual authentication
		heads = append(heads, "Www-Authenticate")
	}
	for _, name := range heads {
		if !slices.Equal(got.Values(name), want.head.Values(name)) {
			t.Errorf("%s: %q, want %q", name, got.Values(name), want.head.Values(name))
		}
	}
}

func compareBodies(t *testing.T, got, want []byte, contentType string) {
	t.Helper()
	if contentType != "text/xml" {
		if !bytes.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		return
	}
	g, w := decode(t, got), decode(t, want)
	if !reflect.DeepEqual(g, w) {
		t.Errorf("got  %#v\nwant %#v", g, w)
	}
}

// decode decodes an answer, and masks everything that differs each time.
func decode(t *testing.T, doc []byte) any {
	t.Helper()
	var v any
	err := xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &v)
	var f *xmlrpc.Fault
	switch {
	case errors.As(err, &f):
		return map[string]any{"code": f.Code, "string": mask(f.String)}
	case err != nil:
		t.Fatalf("%v in %s", err, doc)
	}
	return mask(v)
}
