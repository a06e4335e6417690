package xmlrpc_test

import (
	"errors"
	"testing"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// response returns a response with a value.
func response(value string) []byte {
	return []byte("<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n" + value + "\n</param>\n</params>\n</methodResponse>\n")
}

// as returns the error of type T in err, or fails the test.
func as[E error](tb testing.TB, err error) E {
	tb.Helper()
	var target E
	if !errors.As(err, &target) {
		tb.Fatalf("want an error of type %T, got %T: %v", target, err, err)
	}
	return target
}

// mustBe checks that err contains an error of type T.
func mustBe[E error](tb testing.TB, err error) {
	tb.Helper()
	_ = as[E](tb, err)
}

func decodeAny(tb testing.TB, data []byte) any {
	tb.Helper()
	var v any
	if err := xmlrpc.DecodeResponse(data, xmlrpc.Limits{}, &v); err != nil {
		tb.Fatal(err)
	}
	return v
}
