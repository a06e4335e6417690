package values

import (
	"errors"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseDuration(t *testing.T) {
	tests := map[string]struct {
		want time.Duration
		err  error
	}{
		"0": {0, nil}, "0s": {0, nil}, "30s": {30 * time.Second, nil}, "1h30m": {90 * time.Minute, nil},
		"1.5h": {90 * time.Minute, nil}, "500ms": {500 * time.Millisecond, nil}, "10µs": {10 * time.Microsecond, nil},
		"7d": {7 * 24 * time.Hour, nil}, "1d12h": {36 * time.Hour, nil}, "0.5d": {12 * time.Hour, nil},
		"": {0, errDurationForm}, "-": {0, errDurationForm}, "30": {0, errDurationForm}, "s": {0, errDurationForm},
		"5 minutes": {0, errDurationForm}, "5m ": {0, errDurationForm}, "1w": {0, errDurationForm}, "1..5s": {0, errDurationForm}, "+5s": {0, errDurationForm},
		"-30s": {0, errDurationSign}, "106752d": {0, errDurationRange}, "106751d24h": {0, errDurationRange},
	}
	for text, test := range tests {
		if got, err := ParseDuration(text); got != test.want || !errors.Is(err, test.err) {
			t.Errorf("%q: got %v, %v; want %v, %v", text, got, err, test.want, test.err)
		}
	}
}

// Any duration that Go formats parses to the same duration.
func TestParseDurationReadsGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := time.Duration(rapid.Int64Range(0, math.MaxInt64).Draw(t, "duration"))
		if got, err := ParseDuration(want.String()); err != nil || got != want {
			t.Fatalf("%v: got %v, %v", want, got, err)
		}
	})
}

func TestParseStreamOffset(t *testing.T) {
	noon := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	tests := map[string]any{
		"first": "first", "last": "last", "next": "next", "0": int64(0), "1200": int64(1200),
		"2026-11-29": noon.Add(-12 * time.Hour), "2026-11-29T12:00": noon, "2026-11-29 12:00": noon, "2026-11-29T12:00:00": noon,
		"2026-11-29T12:00Z": noon, "2026-11-29T13:00:00+01:00": noon, "2026-11-29T12:00:00.5Z": noon.Add(time.Second / 2),
		"": nil, "-1": nil, "First": nil, "99999999999999999999": nil, "12:00": nil, "2026-13-01": nil, "7D": nil,
	}
	for text, want := range tests {
		got, err := ParseStreamOffset(text)
		at, isTime := got.(time.Time)
		if wantTime, ok := want.(time.Time); ok != isTime || ok && !at.Equal(wantTime) || !ok && got != want || (err == nil) != (want != nil) {
			t.Errorf("%q: got %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestParseByteSize(t *testing.T) {
	tests := map[string]struct {
		want ByteSize
		err  error
	}{
		"0": {0, nil}, "1": {1, nil}, "10B": {10, nil}, "64KiB": {64 << 10, nil}, "16MiB": {16 << 20, nil}, "2GiB": {2 << 30, nil},
		"10MB": {10e6, nil}, "10kB": {10e3, nil}, "10KB": {10e3, nil}, "1GB": {1e9, nil}, "16 MiB": {16 << 20, nil},
		"": {0, errSizeForm}, "MiB": {0, errSizeForm}, "1.5MiB": {0, errSizeForm}, "16mb": {0, errSizeForm}, "16M": {0, errSizeForm}, "x": {0, errSizeForm}, "--1": {0, errSizeForm}, "+1": {0, errSizeForm},
		"-1MiB": {0, errSizeSign}, "99999999999999999999": {0, errSizeRange}, "9007199254740993GiB": {0, errSizeRange},
	}
	for text, test := range tests {
		if got, err := ParseByteSize(text); got != test.want || !errors.Is(err, test.err) {
			t.Errorf("%q: got %v, %v; want %v, %v", text, int64(got), err, int64(test.want), test.err)
		}
	}
}

// Any printed size parses to the same size.
func TestByteSizeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom([]int64{1, 1e3, 1 << 10, 1e6, 1 << 20, 1e9, 1 << 30}).Draw(t, "unit")
		want := ByteSize(unit * rapid.Int64Range(0, math.MaxInt64/unit).Draw(t, "count"))
		if got, err := ParseByteSize(want.String()); err != nil || got != want {
			t.Fatalf("%d: printed %s, read %d, %v", int64(want), want, int64(got), err)
		}
	})
}
