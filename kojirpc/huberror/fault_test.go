package huberror

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// TestFaults checks that errors.Is finds the code of a wrapped fault, and that each of
// Koji's codes has its name.
func TestFaults(t *testing.T) {
	codes := []FaultCode{1, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
		1015, 1016, 1017, 1018, 1019, 1020, 1021, 1022, 1023, 1024, 2001}
	names := map[string]bool{"": true}
	for _, code := range codes {
		err := fmt.Errorf("wrapped: %w", OfCodec(&xmlrpc.Fault{Code: int(code), String: "why"}))
		fault, ok := errors.AsType[*Fault](err)
		if !ok || fault.Code != code || fault.Text != "why" {
			t.Errorf("%d: %v", code, err)
		}
		for _, other := range codes {
			if errors.Is(err, other) != (other == code) {
				t.Errorf("%d is %d", code, other)
			}
		}
		if names[code.String()] {
			t.Errorf("%d has no name of its own: %q", code, code.String())
		}
		names[code.String()] = true
		if want := "wrapped: " + code.String() + ": why"; err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
	}
	if CodeAuthExpired.String() != "AuthExpired" || CodeNameValidationError.String() != "NameValidationError" {
		t.Error(CodeAuthExpired, CodeNameValidationError)
	}
	other := OfCodec(&xmlrpc.Fault{Code: 4711, String: ""})
	if other.Error() != "fault 4711: no text" || !errors.Is(other, FaultCode(4711)) {
		t.Errorf("%T %v", other, other)
	}
	if err := OfCodec(ErrClosed); !errors.Is(err, ErrClosed) {
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
		f := NewFault(&xmlrpc.Fault{Code: 1000, String: tt.text})
		if tt.kept != "" && f.Text != tt.kept {
			t.Errorf("%q", f.Text)
		}
		if tt.line != "" && f.Error() != tt.line {
			t.Errorf("%q", f.Error())
		}
		if len(f.Text) > maxFaultText+100 || len(f.Error()) > printable.MaxError+50 || !utf8.ValidString(f.Text+f.Error()) {
			t.Errorf("%d and %d bytes", len(f.Text), len(f.Error()))
		}
	}
}
