package kojirpc_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// slowHub knows users by id and takes 20 ms for each request.
func slowHub(b *testing.B, requests *atomic.Int64) string {
	hub := hubFunc(func(_ string, params []any) (any, *fault) {
		return map[string]any{"id": params[0], "name": "user", "status": 0, "usertype": 0, "krb_principals": []any{}}, nil
	})
	return startHub(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		time.Sleep(20 * time.Millisecond)
		hub.ServeHTTP(w, r)
	}))
}

// spread runs do n times in 200 goroutines.
func spread(n int64, do func(i int64)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			for i := next.Add(1); i <= n; i = next.Add(1) {
				do(i)
			}
		})
	}
	wg.Wait()
}

// BenchmarkGetUser10000 calls getUser 10,000 times from 200 goroutines. It compares the
// time with that of a client that sends each call alone over 4 connections, measured
// in the same run for 1,000 calls.
func BenchmarkGetUser10000(b *testing.B) {
	var requests atomic.Int64
	url := slowHub(b, &requests)
	plain := 10 * plainClient(b, url, 1000)
	requests.Store(0)
	c := newClient(b, kojirpc.Options{Server: url})
	calls := 0
	for b.Loop() {
		calls += 10000
		spread(10000, func(i int64) {
			if u, err := c.GetUser(context.Background(), kojirpc.ID(i)); err != nil || u.ID != i {
				b.Error(u, err)
			}
		})
	}
	each := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(calls)/float64(requests.Load()), "calls/request")
	b.ReportMetric(float64(plain)/float64(each), "times-as-fast")
	b.ReportMetric(10000/each.Seconds(), "calls/s")
}

// plainClient returns how long n calls take if each is a request of its own, over 4
// connections.
func plainClient(b *testing.B, url string, n int64) time.Duration {
	transport := &http.Transport{MaxConnsPerHost: 4, MaxIdleConnsPerHost: 4}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	began := time.Now()
	spread(n, func(i int64) {
		body, err := xmlrpc.AppendCall(nil, "getUser", i)
		if err != nil {
			b.Error(err)
			return
		}
		resp, err := client.Post(url, "text/xml", bytes.NewReader(body))
		if err != nil {
			b.Error(err)
			return
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil {
			b.Error(err)
			return
		}
		var u struct {
			ID int64 `xmlrpc:"id"`
		}
		if err := xmlrpc.DecodeResponse(answer, xmlrpc.Limits{}, &u); err != nil || u.ID != i {
			b.Error(u, err)
		}
	})
	return time.Since(began)
}

// BenchmarkListBuilds2000 reads 2,000 builds like the recorded ones, over HTTP.
func BenchmarkListBuilds2000(b *testing.B) {
	answer := manyBuilds(b, 2000)
	url := startHub(b, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write(answer) //nolint:errcheck // the client may have gone
	}))
	c := newClient(b, kojirpc.Options{Server: url})
	b.SetBytes(int64(len(answer)))
	b.ReportAllocs()
	for b.Loop() {
		builds, err := c.ListBuilds(context.Background(), kojirpc.BuildFilter{Package: kojirpc.ID(2)}, kojirpc.QueryOpts{})
		if err != nil || len(builds) != 2000 || builds[1999].ID == 0 {
			b.Fatal(len(builds), err)
		}
	}
}

// manyBuilds repeats the builds of a recorded answer.
func manyBuilds(b *testing.B, n int) []byte {
	body := recordedBody(b, "listBuilds-order")
	var rows []xmlrpc.Raw
	if err := xmlrpc.DecodeResponse(body, xmlrpc.Limits{}, &rows); err != nil {
		b.Fatal(err)
	}
	list := make([]any, n)
	for i := range list {
		list[i] = rows[i%len(rows)]
	}
	answer, err := xmlrpc.AppendResponse(nil, list)
	if err != nil {
		b.Fatal(err)
	}
	return answer
}

// BenchmarkDecodeBuilds2000 only decodes them.
func BenchmarkDecodeBuilds2000(b *testing.B) {
	answer := manyBuilds(b, 2000)
	b.SetBytes(int64(len(answer)))
	b.ReportAllocs()
	for b.Loop() {
		var builds []koji.Build
		if err := kojirpc.Decode(answer, &builds); err != nil || len(builds) != 2000 {
			b.Fatal(len(builds), err)
		}
	}
}
