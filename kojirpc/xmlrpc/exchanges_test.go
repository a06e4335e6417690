package xmlrpc_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// exchange is one recorded exchange with a hub, bodies decoded from their
// transfer and content encodings.
type exchange struct {
	Name        string
	Method      string
	Args        []any
	Status      int
	FaultCode   int    `json:"fault_code"`
	FaultString string `json:"fault_string"`

	request, response []byte
	contentType       string
}

func exchanges(tb testing.TB) []exchange {
	tb.Helper()
	dir := filepath.Join("..", "testdata", "exchanges")
	dec := json.NewDecoder(open(tb, filepath.Join(dir, "index.json")))
	dec.UseNumber()
	var all []exchange
	if err := dec.Decode(&all); err != nil {
		tb.Fatal(err)
	}
	for i := range all {
		e := &all[i]
		for j, arg := range e.Args {
			e.Args[j] = fromJSON(tb, arg)
		}
		req, err := http.ReadRequest(open(tb, filepath.Join(dir, e.Name+".request")))
		if err != nil {
			tb.Fatalf("%s: %v", e.Name, err)
		}
		e.request = readAll(tb, req.Body)
		resp, err := http.ReadResponse(open(tb, filepath.Join(dir, e.Name+".response")), req)
		if err != nil {
			tb.Fatalf("%s: %v", e.Name, err)
		}
		e.contentType = resp.Header.Get("Content-Type")
		body := io.Reader(resp.Body)
		if resp.Header.Get("Content-Encoding") == "gzip" {
			if body, err = gzip.NewReader(body); err != nil {
				tb.Fatalf("%s: %v", e.Name, err)
			}
		}
		e.response = readAll(tb, body)
		if err := resp.Body.Close(); err != nil {
			tb.Fatal(err)
		}
	}
	return all
}

// byName returns an exchange.
func byName(tb testing.TB, name string) exchange {
	tb.Helper()
	for _, e := range exchanges(tb) {
		if e.Name == name {
			return e
		}
	}
	tb.Fatalf("no exchange %s", name)
	return exchange{}
}

func open(tb testing.TB, path string) *bufio.Reader {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return bufio.NewReader(bytes.NewReader(data))
}

func readAll(tb testing.TB, r io.Reader) []byte {
	tb.Helper()
	data, err := io.ReadAll(r)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// fromJSON converts values decoded by encoding/json with UseNumber to the types that Any
// returns.
func fromJSON(tb testing.TB, v any) any {
	tb.Helper()
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, err := v.Float64()
		if err != nil {
			tb.Fatal(err)
		}
		return f
	case []any:
		for i := range v {
			v[i] = fromJSON(tb, v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = fromJSON(tb, v[k])
		}
	}
	return v
}
