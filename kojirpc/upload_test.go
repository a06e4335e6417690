package kojirpc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig/wire"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

const uploadDir = "mytool/1764501234.kYxz"

// bytesOf returns n bytes that do not repeat.
func bytesOf(n int) []byte {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	content := make([]byte, n)
	for i := range content {
		content[i] = byte(rng.Uint32())
	}
	return content
}

// uploadOf returns an upload in pieces of 1000 bytes.
func uploadOf(content []byte) kojirpc.Upload {
	return kojirpc.Upload{
		Dir: uploadDir, Name: "image.tar", Content: bytes.NewReader(content), Size: int64(len(content)), Piece: 1000,
	}
}

// wantUploaded compares the file on the hub with the expected content.
func (l *lab) wantUploaded(t *testing.T, want []byte) {
	t.Helper()
	got, ok := l.Uploaded(uploadDir, "image.tar")
	if !ok || !bytes.Equal(got, want) {
		t.Errorf("the hub has %d bytes of %d, the same: %v", len(got), len(want), bytes.Equal(got, want))
	}
}

func TestUpload(t *testing.T) {
	for name, size := range map[string]int{
		"empty": 0, "one byte": 1, "one piece": 1000, "a piece and a byte": 1001, "many pieces": 25_500,
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, hubtest.Options{})
			content := bytesOf(size)
			u := uploadOf(content)
			var done []int64
			u.Progress = func(n int64) { done = append(done, n) }
			if err := l.session.Upload(t.Context(), u); err != nil {
				t.Fatal(err)
			}
			l.wantUploaded(t, content)
			pieces := max(1, (size+999)/1000)
			if len(done) != pieces || done[pieces-1] != int64(size) || l.Stats().Calls[hubtest.RawUpload] != pieces {
				t.Errorf("progress %v", done)
			}
		})
	}
}

// TestUploadOfEverySession checks that pieces carry the session in headers or in the URL.
func TestUploadOfEverySession(t *testing.T) {
	gssapi := hubtest.Options{
		Data:      hubtest.Data{Users: []hubtest.User{{Name: "alice", Principals: []string{"alice@EXAMPLE.COM"}}}},
		Negotiate: func([]byte) (string, error) { return "alice@EXAMPLE.COM", nil },
	}
	for name, ho := range map[string]hubtest.Options{
		"client certificate": {}, "hub before 1.31": {URLSessionsOnly: true, Version: "1.30.1"}, "GSSAPI": gssapi,
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, ho, func(_ *kojirpc.Options, c *kojirpc.Credentials) {
				if ho.Negotiate != nil {
					*c = kojirpc.Credentials{Negotiator: tokens("token")}
				}
			})
			content := bytesOf(5500)
			l.Inject(hubtest.Failure{Method: hubtest.RawUpload, Effect: hubtest.ExpireSession(), Times: 1})
			if err := kojirpc.NewAPI(l.session).Upload(t.Context(), uploadOf(content)); err != nil {
				t.Fatal(err)
			}
			l.wantUploaded(t, content)
		})
	}
}

// sentPiece is a request that uploads a piece: its query, relevant headers and body.
type sentPiece struct {
	Query   string   `json:"query"`
	Headers []string `json:"headers"`
	Size    int      `json:"size"`
	Sum     string   `json:"adler32"`
}

// TestUploadAsKojisClient compares the requests with the recorded ones of Koji's client
// 1.35.3 for the same two files. Koji's client, however, overwrites with every piece.
func TestUploadAsKojisClient(t *testing.T) {
	text, err := os.ReadFile("testdata/uploads.json")
	if err != nil {
		t.Fatal(err)
	}
	var recorded map[string][]sentPiece
	if err := json.Unmarshal(text, &recorded); err != nil {
		t.Fatal(err)
	}
	content := make([]byte, 2500)
	for i := range content {
		content[i] = byte(i * i % 251)
	}
	for session, want := range recorded {
		t.Run("session "+session, func(t *testing.T) {
			var sent []sentPiece
			record := func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Header.Get("Content-Type") == "application/octet-stream" {
						body, _ := io.ReadAll(r.Body) // missing bytes fail the comparison
						r.Body = io.NopCloser(bytes.NewReader(body))
						sent = append(sent, newSentPiece(r, body))
					}
					next.ServeHTTP(w, r)
				})
			}
			l := newLab(t, hubtest.Options{Wrap: record, URLSessionsOnly: session == "in the URL"})
			u := kojirpc.Upload{Dir: "cg/1.2", Name: "image.tar", Content: bytes.NewReader(content), Size: 2500, Piece: 1000}
			empty := kojirpc.Upload{Dir: "cg/1.2", Name: "empty", Content: bytes.NewReader(nil)}
			if err := errors.Join(l.session.Upload(t.Context(), u), l.session.Upload(t.Context(), empty)); err != nil {
				t.Fatal(err)
			}
			for i := range want {
				want[i].Query = withoutSession(want[i].Query)
			}
			if got, want := jsonText(sent), jsonText(want); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func newSentPiece(r *http.Request, body []byte) sentPiece {
	p := sentPiece{Size: len(body), Sum: fmt.Sprintf("%08x", adler32.Checksum(body))}
	args := r.URL.Query()
	args.Set("overwrite", "1")
	for _, name := range []string{"Content-Type", "Koji-Session-Callnum", "Koji-Session-Id", "Koji-Session-Key"} {
		if r.Header.Get(name) != "" {
			p.Headers = append(p.Headers, name)
		}
	}
	for _, name := range []string{"session-id", "session-key", "callnum"} {
		if args.Has(name) {
			args.Set(name, "")
		}
	}
	p.Query = args.Encode()
	return p
}

// withoutSession removes the session from a query and sorts it.
func withoutSession(query string) string {
	return newSentPiece(&http.Request{URL: &url.URL{RawQuery: query}}, nil).Query
}

// TestUploadOverABadNetwork cuts connections in the middle of pieces.
func TestUploadOverABadNetwork(t *testing.T) {
	var proxy *wire.Proxy
	var cuts atomic.Int32
	cutter := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n := r.URL.Query().Get("offset"); n != "" && cuts.Add(1)%3 == 0 {
				r.Body = &cutBody{ReadCloser: r.Body, left: 400, cut: func() { proxy.Cut(wire.Reset) }}
			}
			next.ServeHTTP(w, r)
		})
	}
	l := newLab(t, hubtest.Options{Wrap: cutter}, func(o *kojirpc.Options, _ *kojirpc.Credentials) {
		at, err := url.Parse(o.Server)
		if err != nil {
			t.Fatal(err)
		}
		if proxy, err = wire.Listen(at.Host); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { proxy.Close() })
		o.Server = proxy.URL(o.Server)
		o.Breaker.Off = true
	})
	content := bytesOf(100_000)
	if err := l.session.Upload(t.Context(), uploadOf(content)); err != nil {
		t.Fatal(err)
	}
	l.wantUploaded(t, content)
	if n := l.Stats().Calls[hubtest.RawUpload]; n < 130 {
		t.Errorf("%d pieces were sent: none was cut", n)
	}
}

// cutBody cuts the connection after some bytes of a request.
type cutBody struct {
	io.ReadCloser
	left int
	cut  func()
}

func (b *cutBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.cut()
		return 0, io.ErrUnexpectedEOF
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// TestUploadResumes checks that what a previous process has sent is not sent again.
func TestUploadResumes(t *testing.T) {
	l := newLab(t, hubtest.Options{})
	content := bytesOf(10_000)
	ctx, cancel := context.WithCancel(t.Context())
	u := uploadOf(content)
	u.Progress = func(done int64) {
		if done == 4000 {
			cancel()
		}
	}
	if err := l.session.Upload(ctx, u); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	l.wantUploaded(t, content[:4000])
	l.ResetStats()
	if err := l.session.Upload(t.Context(), uploadOf(content)); err != nil {
		t.Fatal(err)
	}
	l.wantUploaded(t, content)
	if n := l.Stats().Calls[hubtest.RawUpload]; n != 6 {
		t.Errorf("%d pieces were sent", n)
	}
	l.ResetStats()
	if err := l.session.Upload(t.Context(), uploadOf(content)); err != nil || l.Stats().Calls[hubtest.RawUpload] != 0 {
		t.Errorf("the whole file was there: %v, %v", err, l.Stats().Calls)
	}
}

func TestUploadOverAnotherFile(t *testing.T) {
	for name, there := range map[string][]byte{
		"shorter": bytesOf(1500), "as long": bytesOf(2501), "longer": bytesOf(9000), "empty": {},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, hubtest.Options{})
			if err := l.session.Upload(t.Context(), uploadOf(there)); err != nil {
				t.Fatal(err)
			}
			content := bytesOf(2500)
			u := uploadOf(content)
			if len(there) > 0 {
				mustFail(t, l.session.Upload(t.Context(), u), "upload "+uploadDir+"/image.tar: the hub has a different file of that name, with ")
				l.wantUploaded(t, there)
				u.Overwrite = true
			}
			if err := l.session.Upload(t.Context(), u); err != nil {
				t.Fatal(err)
			}
			l.wantUploaded(t, content)
		})
	}
}

// TestUploadSurvives checks that an upload survives one failure of each kind.
func TestUploadSurvives(t *testing.T) {
	for name, effect := range map[string]hubtest.Effect{
		"no answer":        hubtest.DropAfter(),
		"half an answer":   hubtest.DropDuring(),
		"not sent":         hubtest.DropBefore(),
		"gateway":          hubtest.Status(http.StatusBadGateway),
		"request timeout":  hubtest.Status(http.StatusRequestTimeout),
		"file is locked":   hubtest.Fault(1001, "[Errno 11] Resource temporarily unavailable"),
		"hub is offline":   hubtest.Fault(1014, "database outage"),
		"session has gone": hubtest.EndSession(),
	} {
		for _, method := range []string{hubtest.RawUpload, "checkUpload"} {
			t.Run(name+"/"+method, func(t *testing.T) {
				l := newLab(t, hubtest.Options{})
				l.Inject(hubtest.Failure{Method: method, Effect: effect, Times: 1})
				content := bytesOf(2500)
				if err := l.session.Upload(t.Context(), uploadOf(content)); err != nil {
					t.Fatal(err)
				}
				l.wantUploaded(t, content)
			})
		}
	}
}

// TestUploadOutlastsRetries checks that an upload continues while it makes progress, even
// if there are more failures than retries.
func TestUploadOutlastsRetries(t *testing.T) {
	l := newLab(t, hubtest.Options{}, func(o *kojirpc.Options, _ *kojirpc.Credentials) {
		o.Retry.Max, o.Breaker.Off = -1, true
	})
	content := bytesOf(5000)
	l.Inject(hubtest.Failure{Method: hubtest.RawUpload, Effect: hubtest.DropAfter(), Times: 5})
	if err := l.session.Upload(t.Context(), uploadOf(content)); err != nil {
		t.Fatal(err)
	}
	l.wantUploaded(t, content)
	l.Inject(hubtest.Failure{Method: hubtest.RawUpload, Effect: hubtest.DropBefore()})
	u := uploadOf(bytesOf(3000))
	u.Overwrite = true
	mustFail(t, l.session.Upload(t.Context(), u), "upload", "EOF")
}

func TestUploadFails(t *testing.T) {
	l := newLab(t, hubtest.Options{})
	content := bytesOf(2500)
	short := uploadOf(content)
	short.Size = 3000
	mustFail(t, l.session.Upload(t.Context(), short), "the file ends at 2500, not at 3000")
	mustFail(t, l.session.Upload(t.Context(), kojirpc.Upload{Size: -1}), "size -1")
	for _, name := range []string{".hidden", "a/b"} {
		u := uploadOf(content)
		u.Name = name
		mustFail(t, l.session.Upload(t.Context(), u), "Invalid upload filename: "+name)
	}
	u := uploadOf(content)
	u.Name, u.Volume = "x", "none"
	mustFail(t, l.session.Upload(t.Context(), u), "No such entry in table volume: none")
	u.Dir, u.Volume = "../etc", ""
	mustFail(t, l.session.Upload(t.Context(), u), "Invalid upload directory: ../etc")

	if err := l.client.Upload(t.Context(), kojirpc.Upload{Dir: "other", Name: "x", Content: strings.NewReader("x"), Size: 1}); !errors.Is(err, kojirpc.CodeAuthError) {
		t.Errorf("an upload by nobody: %v", err)
	}
	mustFail(t, kojirpc.NewAPI(fakeCaller{}).Upload(t.Context(), uploadOf(content)), "only a Client or a Session can upload")

	carol, err := l.client.Session(kojirpc.Credentials{Cert: certificate(t, l.CA, "carol")})
	if err != nil {
		t.Fatal(err)
	}
	u = uploadOf(content)
	u.Name = "carols.tar"
	mustFail(t, carol.Upload(t.Context(), u), "Invalid upload directory, not owner: "+uploadDir)
}

// fakeCaller is a Caller whose calls do nothing.
type fakeCaller struct{}

func (fakeCaller) CallInto(context.Context, any, string, ...any) error { return nil }
func (fakeCaller) CallAll(context.Context, []*kojirpc.Call) error      { return nil }

// TestUploadOfWrongBytes checks that an upload fails if the hub got other bytes.
func TestUploadOfWrongBytes(t *testing.T) {
	l := newLab(t, hubtest.Options{})
	content := bytesOf(500)
	sum := fmt.Appendf(nil, "%08x", adler32.Checksum(content))
	l.Inject(hubtest.Failure{Method: hubtest.RawUpload, Effect: hubtest.Rewrite(func(doc []byte) []byte {
		return bytes.Replace(doc, sum, []byte("0badf00d"), 1)
	})})
	mustFail(t, l.session.Upload(t.Context(), uploadOf(content)), "the hub got 500 bytes with the checksum 0badf00d instead of 500 with "+string(sum))
}
