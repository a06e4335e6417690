package kerberos

import (
	"encoding/binary"
	"errors"
)

var errCCache = errors.New("not a credential cache of version 3 or 4, or damaged")

// checkCCacheFile checks the structure of a credential cache. The library trusts the
// counts in it and would allocate memory accordingly.
//
// Source: MIT Kerberos, "Credential cache file format".
func checkCCacheFile(data []byte) error {
	if len(data) < 2 || data[0] != 5 || data[1] != 3 && data[1] != 4 {
		return errCCache
	}
	w := ccacheWalk{rest: data[2:], version: data[1]}
	if w.version == 4 {
		w.header()
	}
	w.principal()
	for !w.bad && len(w.rest) > 0 {
		w.credential()
	}
	if w.bad {
		return errCCache
	}
	return nil
}

type ccacheWalk struct {
	rest    []byte
	version byte
	bad     bool
}

// skip skips and returns n bytes.
func (w *ccacheWalk) skip(n int) []byte {
	if w.bad || n < 0 || n > len(w.rest) {
		w.bad = true
		return nil
	}
	b := w.rest[:n]
	w.rest = w.rest[n:]
	return b
}

// count reads the number of following items, each of which takes at least least bytes.
func (w *ccacheWalk) count(least int) int {
	b := w.skip(4)
	if b == nil {
		return 0
	}
	n := binary.BigEndian.Uint32(b)
	if uint64(n)*uint64(least) > uint64(len(w.rest)) {
		w.bad = true
		return 0
	}
	return int(n)
}

// data skips a counted octet string.
func (w *ccacheWalk) data() { w.skip(w.count(1)) }

// header skips the header, which is empty or contains the clock offset from the KDC.
func (w *ccacheWalk) header() {
	switch string(w.skip(2)) {
	case "\x00\x00":
	case "\x00\x0c":
		w.bad = string(w.skip(4)) != "\x00\x01\x00\x08" || w.skip(8) == nil
	default:
		w.bad = true
	}
}

func (w *ccacheWalk) principal() {
	w.skip(4) // type of name
	parts := w.skip(4)
	if parts == nil {
		return
	}
	w.data() // realm
	n := binary.BigEndian.Uint32(parts)
	if uint64(n)*4 > uint64(len(w.rest)) {
		w.bad = true
		return
	}
	for range n {
		w.data()
	}
}

func (w *ccacheWalk) credential() {
	w.principal()
	w.principal()
	w.skip(2) // type of key
	if w.version == 3 {
		w.skip(2)
	}
	w.data()            // key
	w.skip(4*4 + 1 + 4) // times, kind, flags
	for range 2 {       // addresses, authorization data
		for range w.count(6) {
			w.skip(2)
			w.data()
		}
	}
	w.data() // ticket
	w.data()
}
