package deadletter

import (
	"maps"
	"strings"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"
	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/consumer/publish"
)

func TestHeadersAreTrimmedTheLargestFirst(t *testing.T) {
	const frame = 4096
	text := strings.Repeat("x", 1000)
	for name, c := range map[string]struct {
		headers amqp.Table
		left    []string // of the foreign ones
		trimmed any
	}{
		"all fit":          {amqp.Table{"a": text, "b": text}, []string{"a", "b"}, nil},
		"the largest":      {amqp.Table{"a": text, "b": text + text + text + text, "c": int64(1)}, []string{"a", "c"}, "b"},
		"two":              {amqp.Table{"a": text + "1", "b": text + "23", "c": text, "d": text, "e": text}, []string{"c", "d", "e"}, "b, a"},
		"trimmed before":   {amqp.Table{"a": text + text, "b": text + text, HeaderTrimmed: "z"}, []string{"b"}, "z, a"},
		"a copy's":         {amqp.Table{HeaderCC: []any{text, text, text, text}, "a": true}, []string{"a"}, HeaderCC},
		"a forged name":    {amqp.Table{"x-kojiwatch-type": strings.Repeat(text, 5)}, nil, "x-kojiwatch-type"},
		"a long list":      {many(2000), nil, nil},
		"nothing but ours": {amqp.Table{HeaderError: strings.Repeat(text, 5)}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			headers := maps.Clone(c.headers)
			headers[HeaderReason] = "refused"
			before := maps.Clone(headers)
			m := &publish.Message{Publishing: amqp.Publishing{Headers: headers, MessageId: "1"}, Trim: Trim}
			p, err := publish.Fit(m, frame)
			if err != nil {
				t.Fatal(err)
			}
			if len(m.Headers) != len(before) {
				t.Error("the headers of the caller have changed")
			}
			got := p.Headers
			if size, _ := publish.HeaderSize(&publish.Message{Publishing: p}); size > frame-8 || got[HeaderReason] != "refused" {
				t.Errorf("%d bytes, headers %v", size, got)
			}
			if name == "a long list" {
				if text, _ := got[HeaderTrimmed].(string); !strings.HasSuffix(text, " more") || len(text) > maxTrimmedNames {
					t.Errorf("trimmed: %q", text)
				}
				return
			}
			for _, h := range c.left {
				if _, ok := got[h]; !ok {
					t.Errorf("header %s is gone", h)
				}
			}
			if got[HeaderTrimmed] != c.trimmed {
				t.Errorf("trimmed: %v, should be %v", got[HeaderTrimmed], c.trimmed)
			}
		})
	}
}

func many(n int) amqp.Table {
	h := amqp.Table{}
	for i := range n {
		h[strings.Repeat("y", i%200)+string(rune('a'+i%26))] = int64(i)
	}
	return h
}

// Whatever a message has for headers, what is left of them fits, and names that the
// wire cannot carry are an error.
func TestHeadersFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(
			rapid.Map(rapid.StringN(0, 600, 2000), func(s string) any { return s }),
			rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 500), func(b []byte) any { return b }),
			rapid.Map(rapid.Int32(), func(n int32) any { return n }),
			rapid.Map(rapid.SliceOfN(rapid.String(), 0, 20), func(list []string) any {
				out, table := []any{}, amqp.Table{}
				for _, s := range list {
					out, table[s] = append(out, s, nil, true), 1.5
				}
				return append(out, table)
			}),
		)
		headers := rapid.MapOfN(rapid.StringN(0, 100, 300), value, 0, 40).Draw(t, "headers")
		headers[HeaderReason] = "refused"
		p, err := publish.Fit(&publish.Message{Key: "k", Publishing: amqp.Publishing{Headers: headers}, Trim: Trim}, 4096)
		if err != nil {
			if !strings.Contains(err.Error(), "longer than 255 bytes") {
				t.Fatal(err)
			}
			return
		}
		if size, err := publish.HeaderSize(&publish.Message{Publishing: p}); err != nil || size > 4088 || p.Headers[HeaderReason] != "refused" {
			t.Fatalf("%d bytes, %v", size, err)
		}
	})
}
