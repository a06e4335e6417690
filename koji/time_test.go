package koji

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseTime(t *testing.T) {
	utc := func(h, m, s, nano int) time.Time { return time.Date(2026, 11, 22, h, m, s, nano, time.UTC) }
	for text, want := range map[string]time.Time{
		"2026-11-22 07:05:30.472000+00:00":    utc(7, 5, 30, 472e6),
		"2026-11-22 07:05:30+00:00":           utc(7, 5, 30, 0),
		"2026-11-22 07:05:30.472":             utc(7, 5, 30, 472e6),
		"2026-11-22 07:05:30":                 utc(7, 5, 30, 0),
		"2026-11-22T07:05:30.000001+00:00":    utc(7, 5, 30, 1000),
		"2026-11-22T07:05:30Z":                utc(7, 5, 30, 0),
		"2026-11-22T07:05:30.123456789Z":      utc(7, 5, 30, 123456789),
		"2026-11-22 08:05:30+01:00":           utc(7, 5, 30, 0),
		"2026-11-22 01:35:30-05:30":           utc(7, 5, 30, 0),
		"2026-11-22 08:05:30+01":              utc(7, 5, 30, 0),
		"2026-11-22 08:05:30+0100":            utc(7, 5, 30, 0),
		"20261122T07:05:30":                   utc(7, 5, 30, 0),
		"20261122T07:05:30.5+00:00":           utc(7, 5, 30, 5e8),
		"2024-02-29 00:00:00":                 time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
		"1970-01-01 00:00:00":                 time.Unix(0, 0).UTC(),
		"9999-12-31 23:59:59.999999999+00:00": time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC),
	} {
		got, ok := ParseTime(text)
		if !ok || got != want {
			t.Errorf("ParseTime(%q) = %v, %v; want %v", text, got, ok, want)
		}
		if got, ok := ParseTime([]byte(text)); !ok || got != want {
			t.Errorf("ParseTime([]byte(%q)) = %v, %v; want %v", text, got, ok, want)
		}
	}
}

func TestParseTimeRefuses(t *testing.T) {
	for _, text := range []string{
		"", " ", "2026", "2026-11-22", "2026-11-22 ", "2026-11-22 07:05", "2026-11-22 07:05:30 ",
		"2026-11-22 07:05:30.", "2026-11-22 07:05:30.+00:00", "2026-11-22 07:05:30.1234567890",
		"2026-11-22 07:05:30+", "2026-11-22 07:05:30+0", "2026-11-22 07:05:30+00:", "2026-11-22 07:05:30+00:0",
		"2026-11-22 07:05:30+24:00", "2026-11-22 07:05:30+00:60", "2026-11-22 07:05:30Zulu",
		"2026-13-22 07:05:30", "2026-00-22 07:05:30", "2026-11-31 07:05:30", "2026-11-00 07:05:30",
		"2025-02-29 00:00:00", "2026-11-22 24:00:00", "2026-11-22 07:60:00", "2026-11-22 07:05:60",
		"0000-01-01 00:00:00", "2026-1122 07:05:30", "202611-22 07:05:30", "2026/11/22 07:05:30",
		"２０２６-11-22 07:05:30", "None", "1795331130.472", "-026-11-22 07:05:30", "2026-11-22_07:05:30",
	} {
		if got, ok := ParseTime(text); ok {
			t.Errorf("ParseTime(%q) = %v, want it refused", text, got)
		}
	}
}

func TestTimeFromEpoch(t *testing.T) {
	for seconds, want := range map[float64]string{
		1795331130.472:                     "2026-11-22T07:05:30.472Z",
		1795331156.661071:                  "2026-11-22T07:05:56.661071Z",
		1795332983.0:                       "2026-11-22T07:36:23Z",
		1538056644.66542:                   "2018-09-27T13:57:24.66542Z",
		0:                                  "1970-01-01T00:00:00Z",
		-1.5:                               "1969-12-31T23:59:58.5Z",
		0.9999999:                          "1970-01-01T00:00:01Z",
		math.Nextafter(afterSecond, 0) - 1: "9999-12-31T23:59:58.999969Z",
	} {
		got, ok := TimeFromEpoch(seconds)
		if !ok || got.Format(time.RFC3339Nano) != want {
			t.Errorf("TimeFromEpoch(%v) = %v, %v; want %s", seconds, got.Format(time.RFC3339Nano), ok, want)
		}
	}
	for _, seconds := range []float64{
		math.NaN(), math.Inf(1), math.Inf(-1), afterSecond, 1e300, -1e300, firstSecond, firstSecond - 1,
	} {
		if got, ok := TimeFromEpoch(seconds); ok {
			t.Errorf("TimeFromEpoch(%v) = %v, want it refused", seconds, got)
		}
	}
}

// TestParseTimeReadsWhatIsWritten checks that a time is parsed correctly in any time zone
// and precision.
func TestParseTimeReadsWhatIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		moment := time.Unix(
			rapid.Int64Range(0, afterSecond-100_000).Draw(t, "seconds"),
			1000*rapid.Int64Range(0, 999_999).Draw(t, "micro"),
		)
		zone := time.FixedZone("", 60*rapid.IntRange(-12*60, 14*60).Draw(t, "minutes east"))
		layout := rapid.SampledFrom([]string{
			"2006-01-02 15:04:05.999999-07:00", "2006-01-02T15:04:05.000000-07:00", "20060102T15:04:05.999999-0700",
		}).Draw(t, "layout")
		text := moment.In(zone).Format(layout)
		got, ok := ParseTime(text)
		if !ok || !got.Equal(moment) || got.Location() != time.UTC {
			t.Fatalf("ParseTime(%q) = %v, %v; want %v", text, got, ok, moment.UTC())
		}
	})
}

// TestTimesAgree checks that the hub's two formats of a time give the same microsecond.
func TestTimesAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		micro := rapid.Int64Range(0, 4_000_000_000_000_000).Draw(t, "micro")
		moment := time.UnixMicro(micro).UTC()
		got, ok := TimeFromEpoch(float64(micro) / 1e6)
		if !ok || !got.Equal(moment) {
			t.Fatalf("TimeFromEpoch(%v) = %v, %v; want %v", float64(micro)/1e6, got, ok, moment)
		}
	})
}

func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{
		"2026-11-22 07:05:30.472000+00:00", "2026-11-22T07:05:30", "20261122T07:05:30Z", "2026-11-22 07:05:30-0530", "x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := ParseTime(text)
		same, okBytes := ParseTime([]byte(text))
		if ok != okBytes || got != same {
			t.Fatalf("%q: text %v %v, bytes %v %v", text, got, ok, same, okBytes)
		}
		if !ok {
			return
		}
		again, ok := ParseTime(got.Format("2006-01-02T15:04:05.999999999Z07:00"))
		if got.Year() >= 1 && got.Year() <= 9999 && (!ok || !again.Equal(got)) {
			t.Fatalf("%q: read %v, written and read again %v %v", text, got, again, ok)
		}
	})
}
