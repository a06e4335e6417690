package kojirpc_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// exchange is one entry of the recordings' index.
type exchange struct {
	Name        string  `json:"name"`
	Method      string  `json:"method"`
	Args        []any   `json:"args"`
	Status      int     `json:"status"`
	FaultCode   *int    `json:"fault_code"`
	FaultString *string `json:"fault_string"`
}

const exchangeDir = "testdata/exchanges"

func exchanges(t testing.TB) []exchange {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(exchangeDir, "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []exchange
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// recorded returns the bytes of a recorded answer.
func recorded(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(exchangeDir, name+".response"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// recordedBody returns the body of a recorded answer.
func recordedBody(t testing.TB, name string) []byte {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(recorded(t, name))), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// rawServer answers HTTP requests with raw bytes. answer gets the request and its
// body; if it returns nil, the server closes the connection.
type rawServer struct {
	ln     net.Listener
	answer func(r *http.Request, body []byte) []byte
	wg     sync.WaitGroup
	mu     sync.Mutex
	conns  map[net.Conn]bool
}

func serveRaw(t testing.TB, ln net.Listener, answer func(r *http.Request, body []byte) []byte) *rawServer {
	t.Helper()
	s := &rawServer{ln: ln, answer: answer, conns: map[net.Conn]bool{}}
	s.wg.Go(s.accept)
	t.Cleanup(s.close)
	return s
}

func (s *rawServer) close() {
	s.ln.Close()
	s.mu.Lock()
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.wg.Wait()
}

func (s *rawServer) accept() {
	for {
		conn, err := s.ln.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns[conn] = true
		s.mu.Unlock()
		s.wg.Go(func() { s.serve(conn) })
	}
}

func (s *rawServer) serve(conn net.Conn) {
	defer func() {
		s.mu.Lock()
		delete(s.conns, conn)
		s.mu.Unlock()
		conn.Close()
	}()
	in := bufio.NewReader(conn)
	for {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		out := s.answer(req, body)
		if out == nil {
			return
		}
		if _, err := conn.Write(out); err != nil || bytes.Contains(out, []byte("\r\nConnection: close\r\n")) {
			return
		}
	}
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// newClient returns a client that is closed at the end of the test.
func newClient(t testing.TB, o kojirpc.Options) *kojirpc.Client {
	t.Helper()
	c, err := kojirpc.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := c.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return c
}

// hubFunc is a hub that executes calls, including those of a multiCall one by one.
type hubFunc func(method string, params []any) (any, *xmlrpc.Fault)

func (f hubFunc) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	method, params, err := xmlrpc.DecodeCall(body, xmlrpc.Limits{})
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	v, fault := f.do(method, params)
	var out []byte
	if fault != nil {
		out, err = xmlrpc.AppendFault(nil, fault)
	} else {
		out, err = xmlrpc.AppendResponse(nil, v)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	w.Write(out) //nolint:errcheck // the client may have gone
}

func (f hubFunc) do(method string, params []any) (any, *xmlrpc.Fault) {
	if method != "multiCall" {
		return f(method, params)
	}
	calls, _ := params[0].([]any)
	results := make([]any, len(calls))
	for i, c := range calls {
		call, _ := c.(map[string]any)
		name, _ := call["methodName"].(string)
		args, _ := call["params"].([]any)
		v, fault := f(name, args)
		if fault != nil {
			results[i] = map[string]any{"faultCode": fault.Code, "faultString": fault.String, "traceback": []any{"Traceback\n"}}
		} else {
			results[i] = []any{v}
		}
	}
	return results, nil
}

// startHub serves a hub over plain HTTP and returns its URL.
func startHub(t testing.TB, h http.Handler) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL + "/kojihub"
}

func quick() kojirpc.Retry {
	return kojirpc.Retry{First: time.Millisecond, Last: 2 * time.Millisecond}
}

// mustFail checks that an error contains the parts, and returns its text.
func mustFail(t *testing.T, err error, parts ...string) string {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error lacks %q: %v", part, err)
		}
	}
	return err.Error()
}

func readGzip(t *testing.T, r io.Reader) []byte {
	t.Helper()
	z, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

type fault = xmlrpc.Fault

func jsonText(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func listenTLS(t testing.TB, ca *testca.CA) net.Listener {
	t.Helper()
	pair, err := ca.Server([]string{"localhost", "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	return tls.NewListener(listen(t), &tls.Config{
		Certificates: []tls.Certificate{pair.TLS},
		ClientAuth:   tls.RequestClientCert,
	})
}
