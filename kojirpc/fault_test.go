package kojirpc

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// TestFaults: each of Koji's codes has a type that errors.As finds, under
// whatever it is wrapped in.
func TestFaults(t *testing.T) {
	codes := []FaultCode{1, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
		1015, 1016, 1017, 1018, 1019, 1020, 1021, 1022, 1023, 1024, 2001}
	types := map[reflect.Type]bool{}
	for _, code := range codes {
		err := fmt.Errorf("wrapped: %w", typed(&xmlrpc.Fault{Code: int(code), String: "why"}))
		fault, ok := errors.AsType[*Fault](err)
		if !ok || fault.Code != code || fault.Text != "why" {
			t.Errorf("%d: %v", code, err)
		}
		var again *Fault
		if !errors.As(err, &again) || again != fault {
			t.Errorf("%d: As finds %v", code, again)
		}
		for _, other := range codes {
			if errors.Is(err, other) != (other == code) {
				t.Errorf("%d is %d", code, other)
			}
		}
		typ := reflect.TypeOf(errors.Unwrap(err))
		if types[typ] || typ == reflect.TypeFor[*Fault]() {
			t.Errorf("%d has no type of its own: %s", code, typ)
		}
		types[typ] = true
		name := code.String()
		if want := "*kojirpc." + name; typ.String() != want && code != CodeException {
			t.Errorf("%d %s is a %s", code, name, typ)
		}
		if want := "wrapped: " + name + ": why"; err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
	}
	other := typed(&xmlrpc.Fault{Code: 4711, String: ""})
	if reflect.TypeOf(other) != reflect.TypeFor[*Fault]() || other.Error() != "fault 4711: no text" || !errors.Is(other, FaultCode(4711)) {
		t.Errorf("%T %v", other, other)
	}
	if err := typed(ErrClosed); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

func TestFaultText(t *testing.T) {
	long := strings.Repeat("ž", 10000)
	trace := "Traceback (most recent call last):\n  File \"x\"\n" + long + "\nkoji.GenericError: no such task\n"
	tests := []struct{ text, kept, line string }{
		{"two\nlines\tand \x1b[31mred\x1b[0m", "two\nlines\tand \ufffd[31mred\ufffd[0m", "GenericError: two lines and \ufffd[31mred\ufffd[0m"},
		{"left \u202eright\u0000", "left \ufffdright\ufffd", "GenericError: left \ufffdright\ufffd"},
		{"bad \xff byte", "bad \ufffd byte", "GenericError: bad \ufffd byte"},
		{trace, "", "GenericError: koji.GenericError: no such task"},
		{long, "", ""},
	}
	for _, tt := range tests {
		f, _ := errors.AsType[*Fault](faultOf(&xmlrpc.Fault{Code: 1000, String: tt.text}))
		if tt.kept != "" && f.Text != tt.kept {
			t.Errorf("%q", f.Text)
		}
		if tt.line != "" && f.Error() != tt.line {
			t.Errorf("%q", f.Error())
		}
		if len(f.Text) > maxFaultText+100 || len(f.Error()) > maxErrorText+50 || !utf8.ValidString(f.Text+f.Error()) {
			t.Errorf("%d and %d bytes", len(f.Text), len(f.Error()))
		}
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add("x\x1b[31m \n\n\u202e\xff")
	f.Add(strings.Repeat(" ž", 100))
	f.Fuzz(func(t *testing.T, s string) {
		for _, limit := range []int{3, 20, 500} {
			got := printable(s, limit)
			if len(got) > limit || !utf8.ValidString(got) || strings.ContainsAny(got, "\n\t\r\x1b\u202e\u2028\u009b") {
				t.Errorf("%d: %q", limit, got)
			}
		}
		if got := sanitize(s); !utf8.ValidString(got) || strings.ContainsAny(got, "\r\x1b\u202e\u2028\u009b") {
			t.Errorf("%q", got)
		}
	})
}

func FuzzPageText(f *testing.F) {
	f.Add("<html><body class=x><h1>Bad &amp; worse</h1><p>")
	f.Add("<")
	f.Add("&#27;[31m<body")
	f.Fuzz(func(t *testing.T, page string) {
		got := pageText(page)
		if len(got) > maxErrorText || strings.ContainsAny(got, "\n\x1b") {
			t.Errorf("%q", got)
		}
	})
}
