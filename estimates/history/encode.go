package history

import (
	"encoding/binary"
	"hash/crc32"
	"math"
)

func (k key) text() string { return string(binary.BigEndian.AppendUint64(nil, uint64(k))) }

// checked appends a checksum, since bbolt has none for values.
func checked(v []byte) []byte {
	return binary.BigEndian.AppendUint32(v, crc32.ChecksumIEEE(v))
}

// uncheck returns the value that was passed to checked; nil if it is damaged.
func uncheck(v []byte) []byte {
	n := len(v) - 4
	if n < 0 || crc32.ChecksumIEEE(v[:n]) != binary.BigEndian.Uint32(v[n:]) {
		return nil
	}
	return v[:n]
}

const stateSize = 4*4 + 2*2

func (c *effectState) bytes() []byte {
	b := make([]byte, 0, stateSize+4)
	for _, f := range []float32{c.mean, c.variance, c.noise, c.hint} {
		b = binary.BigEndian.AppendUint32(b, math.Float32bits(f))
	}
	b = binary.BigEndian.AppendUint16(b, c.runs)
	return checked(binary.BigEndian.AppendUint16(b, c.day))
}

func (m *Model) readState(k, v []byte) bool {
	v = uncheck(v)
	if len(k) != 8 || len(v) != stateSize {
		return false
	}
	f := func(i int) float32 { return math.Float32frombits(binary.BigEndian.Uint32(v[4*i:])) }
	m.states[key(binary.BigEndian.Uint64(k))] = effectState{
		mean: f(0), variance: f(1), noise: f(2), hint: f(3),
		runs: binary.BigEndian.Uint16(v[16:]), day: binary.BigEndian.Uint16(v[18:]),
	}
	return true
}

func (m *Model) readArches(k, v []byte) bool {
	v = uncheck(v)
	if len(k) != 8 || len(v) == 0 || len(v) > maxArches {
		return false
	}
	m.setArches(key(binary.BigEndian.Uint64(k)), string(v))
	m.countArches(string(v))
	return true
}

func floats(list ...float64) []byte {
	var b []byte
	for _, f := range list {
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(f))
	}
	return checked(b)
}

func (m *Model) readQuantiles(k, v []byte) bool {
	v = uncheck(v)
	if len(v) != 24 || len(m.quantilesOf) >= maxQuantiles {
		return false
	}
	f := func(i int) float64 { return math.Float64frombits(binary.BigEndian.Uint64(v[8*i:])) }
	m.quantilesOf[string(k)] = &quantiles{f(0), f(1), f(2)}
	return true
}
