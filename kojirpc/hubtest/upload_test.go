package hubtest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// upload sends a piece to dir/file, as Koji's client does.
func (c *client) upload(t *testing.T, content, query string) (m, error) {
	t.Helper()
	r, err := c.request(t.Context(), hubtest.RawUpload)
	if err != nil {
		t.Fatal(err)
	}
	r.URL.RawQuery = query
	r.Header.Set("Content-Type", "application/octet-stream")
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(content)), int64(len(content))
	resp, err := c.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	doc, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status, err)
	}
	var got m
	return got, xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &got)
}

// TestPieces uploads pieces with the options that a hub supports.
func TestPieces(t *testing.T) {
	s := hubtest.Start(t, hubtest.Options{Clock: func() time.Time { return time.Unix(1_700_000_000, 5e8) }})
	alice := loggedIn(t, s, "alice")
	const file = "filepath=dir&filename=file"
	for _, step := range []struct {
		query, content string
		want           string // of the file, or an error
	}{
		{"&offset=0", "abc", "abc"},
		{"&offset=0", "abc", "fault 1000: upload path exists: /mnt/koji/work/dir/file"},
		{"&offset=3", "def", "abcdef"},
		{"&offset=3", "DEF", "abcDEF"}, // repeated
		{"&offset=1", "x", "fault 1000: Incorrect upload length for /mnt/koji/work/dir/file - Expected 2, actual 6"}, // but the piece is written
		{"&offset=-1", "ghi", "axcDEFghi"},             // at the end
		{"&offset=2&overwrite=1", "y", "axy"},          // truncates the file
		{"&offset=5&overwrite=1", "z", "axy\x00\x00z"}, // leaves a hole
		{"&offset=0&overwrite=1", "", ""},
		{"&offset=0&volume=none", "", "fault 1000: No such entry in table volume: none"},
		{"&offset=0&fileverify=crc", "", "fault 1000: Unsupported verify type: crc"},
		{"&offset=x", "", "fault 1: <class 'ValueError'>: invalid literal for int() with base 10: 'x'"},
	} {
		t.Run(step.query, func(t *testing.T) {
			_, err := alice.upload(t, step.content, file+step.query)
			got, _ := s.Uploaded("dir", "file")
			if f, ok := errors.AsType[*xmlrpc.Fault](err); ok {
				got = fmt.Appendf(nil, "fault %d: %s", f.Code, f.String)
			}
			if string(got) != step.want {
				t.Errorf("got %q, want %q", got, step.want)
			}
		})
	}
}

func TestCheckUpload(t *testing.T) {
	s := hubtest.Start(t, hubtest.Options{Clock: func() time.Time { return time.Unix(1_700_000_000, 5e8) }})
	alice := loggedIn(t, s, "alice")
	const content = "some text"
	got, err := alice.upload(t, content, "filepath=dir&filename=file&fileverify=adler32&offset=0")
	sum := fmt.Sprintf("%08x", adler32.Checksum([]byte(content)))
	if want := fmt.Sprint(m{"size": int64(9), "fileverify": "adler32", "offset": int64(0), "hexdigest": sum}); err != nil || fmt.Sprint(got) != want {
		t.Errorf("got %v and %v, want %s", got, err, want)
	}
	tail := sha256.Sum256([]byte("text"))
	for _, test := range []struct {
		args xmlrpc.Named
		want m
	}{
		{xmlrpc.Named{}, m{"size": int64(9), "mtime": 1_700_000_000.5}},
		{xmlrpc.Named{"verify": "adler32"}, m{"size": int64(9), "mtime": 1_700_000_000.5, "sumlength": int64(9), "hexdigest": sum}},
		{xmlrpc.Named{"verify": "sha256", "tail": 4}, m{"size": int64(9), "mtime": 1_700_000_000.5, "sumlength": int64(4), "hexdigest": hex.EncodeToString(tail[:])}},
	} {
		if got := alice.ask(t, "checkUpload", "dir", "file", test.args); fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%v: got %v, want %v", test.args, got, test.want)
		}
	}
	if got := alice.ask(t, "checkUpload", "dir", "other"); got != nil {
		t.Errorf("got %v for what is not there", got)
	}
	alice.wantFault(t, xmlrpc.Fault{Code: 1000, String: "Invalid tail value: -1"}, "checkUpload", "dir", "file", "md5", -1)
	alice.wantFault(t, xmlrpc.Fault{Code: 1000, String: "Invalid upload directory: ../x"}, "checkUpload", "../x", "file")
}

// TestUploadIsRefused uploads without a login, and to another user's folder.
func TestUploadIsRefused(t *testing.T) {
	s := hubtest.Start(t)
	if _, err := loggedIn(t, s, "alice").upload(t, "x", "filepath=dir&filename=file&offset=0"); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		by   *client
		want string
	}{
		"by nobody":  {newClient(t, s.URL), "'session-id' not specified in session args"},
		"by another": {loggedIn(t, s, "bob"), "Invalid upload directory, not owner: dir"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := test.by.upload(t, "y", "filepath=dir&filename=other&offset=0")
			if err == nil || !strings.HasSuffix(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// TestLockedUpload checks that a file is locked while a piece is received.
func TestLockedUpload(t *testing.T) {
	s := hubtest.Start(t)
	one, two := loggedIn(t, s, "alice"), loggedIn(t, s, "alice")
	body, more := io.Pipe()
	r, err := one.request(t.Context(), hubtest.RawUpload)
	if err != nil {
		t.Fatal(err)
	}
	r.URL.RawQuery = "filepath=dir&filename=file&offset=0"
	r.Header.Set("Content-Type", "application/octet-stream")
	r.Body, r.ContentLength = body, 6
	answered := make(chan error, 1)
	go func() {
		resp, err := one.http.Do(r)
		if err == nil {
			err = resp.Body.Close()
		}
		answered <- err
	}()
	if _, err := more.Write([]byte("abc")); err != nil {
		t.Fatal(err)
	}
	for content := []byte(nil); !bytes.Equal(content, []byte("abc")); content, _ = s.Uploaded("dir", "file") {
		time.Sleep(time.Millisecond)
	}
	two.wantFault(t, xmlrpc.Fault{Code: 1001, String: "[Errno 11] Resource temporarily unavailable"}, "checkUpload", "dir", "file")
	if _, err := two.upload(t, "x", url.Values{"filepath": {"dir"}, "filename": {"file"}, "offset": {"3"}}.Encode()); err == nil || !strings.Contains(err.Error(), "Errno 11") {
		t.Error(err)
	}
	if _, err := more.Write([]byte("def")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(more.Close(), <-answered); err != nil {
		t.Fatal(err)
	}
	if content, _ := s.Uploaded("dir", "file"); string(content) != "abcdef" {
		t.Errorf("got %q", content)
	}
}
