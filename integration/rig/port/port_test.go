package port

import (
	"net"
	"testing"
)

func TestFreePortsCanBeListenedOn(t *testing.T) {
	ports, err := Free(20)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, p := range ports {
		if seen[p] {
			t.Errorf("port %d came twice", p)
		}
		seen[p] = true
		if p < first || p >= ephemeral() {
			t.Errorf("port %d is not between %d and the ephemeral ones at %d", p, first, ephemeral())
		}
		l, err := net.Listen("tcp", Loopback(p))
		if err != nil {
			t.Errorf("listen on a free port: %v", err)
			continue
		}
		defer l.Close()
		if free(p) {
			t.Errorf("port %d counts as free while a program listens on it", p)
		}
	}
	if len(seen) != 20 {
		t.Errorf("got %d ports, want 20", len(seen))
	}
}
