// Package port finds free TCP ports on the loopback address.
package port

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
)

const (
	first        = 10_000 // above the ports of well-known services
	defaultLimit = 32_768 // where Linux starts its ephemeral ports
	attempts     = 200
)

// Free returns n different TCP ports on 127.0.0.1 on which no program listens. It chooses
// them at random below the ephemeral range, because an outgoing connection could take an
// ephemeral port while its server restarts. The ports are not reserved, so the caller
// must be ready to try others.
func Free(n int) ([]int, error) {
	limit := ephemeral()
	found := map[int]bool{}
	ports := make([]int, 0, n)
	for range attempts {
		if len(ports) == n {
			return ports, nil
		}
		p := first + rand.IntN(limit-first)
		if found[p] || !free(p) {
			continue
		}
		found[p] = true
		ports = append(ports, p)
	}
	return nil, errors.New("find a free port: too many are in use")
}

// One returns a single free port, as Free does.
func One() (int, error) {
	ports, err := Free(1)
	if err != nil {
		return 0, err
	}
	return ports[0], nil
}

// Loopback returns the address of a port on 127.0.0.1.
func Loopback(p int) string { return fmt.Sprintf("127.0.0.1:%d", p) }

func free(p int) bool {
	//nolint:noctx // binding to a loopback address does not block
	l, err := net.Listen("tcp", Loopback(p))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

// ephemeral returns the first port that the kernel uses for outgoing connections.
func ephemeral() int {
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		return defaultLimit
	}
	fields := strings.Fields(string(text))
	if len(fields) == 0 {
		return defaultLimit
	}
	low, err := strconv.Atoi(fields[0])
	if err != nil || low < first+1000 {
		return defaultLimit
	}
	return low
}
