package recording

import (
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/kojiwatch/kojiwatch/consumer/message"
)

const good = `{"routing_key": "k", "body": "x"}`

func TestReaderNamesTheLineAndGoesOn(t *testing.T) {
	long := `{"routing_key": "long", "body": "` + strings.Repeat("x", 200_000) + `"}`
	tooLong := strings.Repeat("y", 400_000)
	text := strings.Join([]string{good, "", "  \r", "bad", long, tooLong, good + "\r", good}, "\n")
	for name, in := range map[string]io.Reader{
		"at once":      strings.NewReader(text),
		"byte by byte": iotest.OneByteReader(strings.NewReader(text)),
	} {
		t.Run(name, func(t *testing.T) {
			r := NewReader(in)
			r.max = 300_000
			expect := func(line int, key string) {
				t.Helper()
				d, err := r.Next()
				if err != nil {
					t.Fatal(err)
				}
				if d.RoutingKey != key || r.Line() != line {
					t.Errorf("key %s in line %d, should be %s in %d", d.RoutingKey, r.Line(), key, line)
				}
			}
			expectBad := func(line int, says string) {
				t.Helper()
				_, err := r.Next()
				var bad *LineError
				if !errors.As(err, &bad) || bad.Line != line || !strings.Contains(err.Error(), says) {
					t.Errorf("error %v, should be about line %d and say %q", err, line, says)
				}
			}
			expect(1, "k")
			expectBad(4, "not JSON")
			expect(5, "long")
			expectBad(6, "longer than 300000 bytes")
			expect(7, "k")
			expect(8, "k")
			for range 2 {
				if _, err := r.Next(); !errors.Is(err, io.EOF) {
					t.Errorf("at the end: %v", err)
				}
			}
		})
	}
}

func TestReaderPassesOnWhatBreaksIt(t *testing.T) {
	broken := errors.New("disk on fire")
	r := NewReader(io.MultiReader(strings.NewReader(good+"\n"+good), iotest.ErrReader(broken)))
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if d, err := r.Next(); !errors.Is(err, broken) {
		t.Errorf("got %v, %v", d, err)
	}
}

func TestDeliveriesShareNoMemory(t *testing.T) {
	r := NewReader(strings.NewReader(`{"routing_key": "k", "body": [1]}` + "\n" + `{"routing_key": "l", "body": [2]}`))
	var all []*message.Delivery
	for range 2 {
		d, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	if string(all[0].Body) != "[1]" || all[0].RoutingKey != "k" {
		t.Errorf("the first has become %s %s", all[0].RoutingKey, all[0].Body)
	}
}

// TestForms reads the same deliveries from each form that a recording may have.
func TestForms(t *testing.T) {
	const one, two, three = `{"routing_key": "k", "body": "[{\"]\\"}`, `{"routing_key": "l", "body": [1, {"a": "]"}]}`, `{"topic": "m", "body": {}}`
	lines := one + "\n" + two + "\n\n" + three
	list := " \n[\n" + one + ",\n" + strings.ReplaceAll(two, ", ", ",\n ") + " , " + three + "\n]\n"
	zip := func(text string) string {
		var b strings.Builder
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		return b.String()
	}
	tests := map[string]struct {
		text string
		at   []int
	}{
		"lines":                           {lines, []int{1, 2, 4}},
		"lines, marked":                   {"\ufeff" + lines, []int{1, 2, 4}},
		"lines of Windows":                {strings.ReplaceAll(lines, "\n", "\r\n"), []int{1, 2, 4}},
		"compressed lines":                {zip(lines), []int{1, 2, 4}},
		"lines compressed piece by piece": {zip(one+"\n") + zip(two+"\n\n"+three), []int{1, 2, 4}},
		"a list":                          {list, []int{3, 4, 6}},
		"a list, marked":                  {"\ufeff" + list, []int{3, 4, 6}},
		"a compressed list":               {zip("\ufeff" + list), []int{3, 4, 6}},
		"a list on one line":              {"[" + one + "," + two + "," + three + "]", []int{1, 1, 1}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := NewReader(iotest.OneByteReader(strings.NewReader(tt.text)))
			for i, key := range []string{"k", "l", "m"} {
				d, err := r.Next()
				if err != nil {
					t.Fatal(err)
				}
				if d.RoutingKey != key || r.Line() != tt.at[i] {
					t.Errorf("key %s in line %d, should be %s in %d", d.RoutingKey, r.Line(), key, tt.at[i])
				}
			}
			for range 2 {
				if _, err := r.Next(); !errors.Is(err, io.EOF) {
					t.Errorf("at the end: %v", err)
				}
			}
		})
	}
}

// TestBrokenForms: what is wrong with an input is said once, and reading ends.
func TestBrokenForms(t *testing.T) {
	for name, tt := range map[string]struct{ text, says string }{
		"an empty list":         {"[ ]", "EOF"},
		"an empty input":        {"", "EOF"},
		"only a mark":           {"\ufeff", "EOF"},
		"a list without an end": {"[" + good + ",", "does not end"},
		"an element cut short":  {"[" + good + `, {"routing_key": "k"`, "not JSON"},
		"no recordings":         {`[1, "x"]`, "number is no recording"},
		"an element too long":   {`["` + strings.Repeat("x", 4000) + `"]`, "longer than 3000 bytes"},
		"damaged gzip":          {"\x1f\x8bno", "decompress"},
	} {
		t.Run(name, func(t *testing.T) {
			r := NewReader(strings.NewReader(tt.text))
			r.max = 3000
			said := ""
			for range 10 {
				if _, err := r.Next(); err != nil {
					said += err.Error() + "\n"
				}
			}
			if !strings.Contains(said, tt.says) {
				t.Errorf("said %q, not %q", said, tt.says)
			}
		})
	}
}
