package hubtest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// Path is the path of the hub on a server. Logins are at Path + LoginPath.
const (
	Path      = "/kojihub"
	LoginPath = "/ssllogin"
)

// ServeHTTP answers a request.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.count(func(s *Stats) {
		s.Requests++
		s.InFlight++
		s.MaxInFlight = max(s.MaxInFlight, s.InFlight)
	})
	defer h.count(func(s *Stats) { s.InFlight-- })
	if r.URL.Path != Path && !strings.HasPrefix(r.URL.Path, Path+"/") {
		page(w, http.StatusNotFound, "The requested URL was not found on this server.")
		return
	}
	who, ok := h.admit(w, r)
	if !ok {
		return
	}
	if h.versioned() {
		w.Header().Set("Koji-Version", h.opts.Version)
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		plainText(w, http.StatusMethodNotAllowed,
			"Method Not Allowed\nThis is an XML-RPC server. Only POST requests are accepted.\n")
		return
	}
	if message := h.offline.Load(); message != nil {
		h.fail(w, r, &xmlrpc.Fault{Code: python.CodeOffline, String: *message})
		return
	}
	if r.Header.Get("Content-Type") == "application/octet-stream" {
		h.answer(w, r, RawUpload, nil, func(pause func() error) (any, error) { return h.upload(r, pause) })
		return
	}
	method, params, err := h.read(r)
	if err != nil {
		plainText(w, http.StatusBadRequest, "Invalid request: "+err.Error()+"\n")
		return
	}
	h.answer(w, r, method, params, func(pause func() error) (any, error) {
		return h.handle(r, method, params, who, pause)
	})
}

// versioned reports whether the hub sends its version in a header.
func (h *Hub) versioned() bool {
	parts := strings.SplitN(h.opts.Version, ".", 3)
	if len(parts) < 2 {
		return false
	}
	minor, err := strconv.Atoi(parts[1])
	return err == nil && (parts[0] != "1" || minor >= 35)
}

// badRequest is the error of a request that is not a call.
type badRequest string

func (e badRequest) Error() string { return string(e) }

// read reads the call in a request. Its error has the hub's text.
func (h *Hub) read(r *http.Request) (string, []any, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, int64(h.opts.MaxRequest)+1))
	switch {
	case err != nil:
		return "", nil, err
	case len(body) > h.opts.MaxRequest:
		return "", nil, badRequest("Request too long")
	case len(body) == 0:
		return "", nil, badRequest("Empty request")
	}
	method, params, err := xmlrpc.DecodeCall(body, xmlrpc.Limits{})
	if err != nil {
		return "", nil, parserError(body, err)
	}
	return method, params, nil
}

// parserError returns the error of Python's parser for malformed XML.
func parserError(body []byte, err error) error {
	var syntax *xmlrpc.SyntaxError
	if !errors.As(err, &syntax) {
		return err
	}
	what, at := "not well-formed (invalid token)", syntax.Offset
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		what, at = "no element found", len(body)
	case body[0] != '<':
		what, at = "syntax error", 0
	}
	before := body[:min(at, len(body))]
	line := 1 + bytes.Count(before, []byte{'\n'})
	column := len(before) - 1 - bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("%s: line %d, column %d", what, line, column)
}

// answer handles a request and sends the answer, with the injected failures. handle calls
// pause when it has found the session.
func (h *Hub) answer(w http.ResponseWriter, r *http.Request, method string, params []any, handle func(pause func() error) (any, error)) {
	effect, failed := h.failures.pick(method, params)
	if failed {
		h.count(func(s *Stats) { s.Failures++ })
	}
	pause := func() error { return h.pause(r, effect.delay) }
	if effect.before != nil {
		effect.before(h, r)
	}
	if effect.answer != nil {
		_ = pause()
		effect.answer(w)
		return
	}
	v, err := handle(pause)
	if gone(err) {
		panic(http.ErrAbortHandler)
	}
	if bad, ok := errors.AsType[badRequest](err); ok {
		plainText(w, http.StatusBadRequest, bad.Error()+"\n")
		return
	}
	doc := h.encode(v, err)
	cut := false
	if effect.after != nil {
		doc, cut = effect.after(doc)
	}
	h.send(w, r, doc, cut)
}

func (h *Hub) fail(w http.ResponseWriter, r *http.Request, f *xmlrpc.Fault) {
	h.send(w, r, h.encode(nil, f), false)
}

// encode encodes the outcome of a call as XML.
func (h *Hub) encode(v any, err error) []byte {
	if err == nil {
		doc, encErr := xmlrpc.AppendResponse(nil, v)
		if encErr == nil {
			return doc
		}
		err = python.BuiltinError("ValueError", "%s", encErr)
	}
	h.count(func(s *Stats) { s.Faults++ })
	doc, err := xmlrpc.AppendFault(nil, python.AsFault(err, h.opts.Debug))
	if err != nil {
		doc, _ = xmlrpc.AppendFault(nil, &xmlrpc.Fault{Code: python.CodePython, String: "a fault whose text cannot be sent"})
	}
	return doc
}

// send sends an answer. If cut is set, it closes the connection in the middle of it.
func (h *Hub) send(w http.ResponseWriter, r *http.Request, doc []byte, cut bool) {
	head := w.Header()
	head.Set("Content-Type", "text/xml")
	if h.opts.Gzip {
		head.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			head.Set("Content-Encoding", "gzip")
			doc = compress(doc)
		}
	}
	head.Set("Content-Length", strconv.Itoa(len(doc)))
	if cut {
		_, _ = w.Write(doc[:len(doc)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(doc) // fails only if the client has disconnected
}

func compress(doc []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(doc) // to memory
	_ = z.Close()
	return out.Bytes()
}
