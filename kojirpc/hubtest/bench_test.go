package hubtest_test

import (
	"fmt"
	"testing"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// BenchmarkHub measures calls to a hub over loopback, including the client.
func BenchmarkHub(b *testing.B) {
	data := hubtest.Recorded()
	for i := range 2000 {
		data.Builds = append(data.Builds, hubtest.Build{Package: "bulk", Version: fmt.Sprint(i), Release: "1", State: "COMPLETE"})
	}
	s := hubtest.Start(b, hubtest.Options{Data: data, KeepAliveRequests: 1 << 30})
	hundred := make([]xmlrpc.Call, 100)
	for i := range hundred {
		hundred[i] = xmlrpc.Call{Method: "getUser", Params: []any{1 + i%13}}
	}
	for name, call := range map[string]struct {
		method string
		params []any
		calls  int
	}{
		"getUser":            {"getUser", []any{5}, 1},
		"getTaskInfo":        {"getTaskInfo", []any{17, true}, 1},
		"multiCall 100":      {"multiCall", []any{hundred}, 100},
		"listBuilds of 2000": {"listBuilds", []any{"bulk"}, 1},
	} {
		b.Run(name, func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) {
				c := newClient(b, s.URL)
				for pb.Next() {
					if _, err := c.try(b.Context(), call.method, call.params...); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(call.calls*b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}
