package xmlrpc_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// TestRequestDecoder checks that requests read with one decoder have nothing to do with each
// other: neither what was read before nor what was broken off changes the next.
func TestRequestDecoder(t *testing.T) {
	request := func(values string) string {
		return "<methodCall><methodName>m</methodName><params><param><value>" + values + "</value></param></params></methodCall>"
	}
	list := func(n int, last string) string {
		return request("<array><data>" + strings.Repeat("<value>x</value>", n) + last + "</data></array>")
	}
	tight := xmlrpc.Limits{Bytes: 20_000, Depth: 3}
	texts := []string{
		request("<struct><member><name>a</name><value>1</value></member><member><name>b</name><value>2</value></member></struct>"),
		list(3, "<value><int>one</int></value>"),
		request("<struct><member><name>a</name><value>3</value></member><member><name>b</name><value>"),
		list(2, ""),
		strings.Repeat(" ", 30_000),
		list(500, ""),
		request("<array><data><value><array><data><value><array><data><value><array><data></data></array></value></data></array></value></data></array></value></data></array>"),
		"<methodCall><methodName>m</methodName></methodCall>",
		"hunter2",
		request("<struct><member><name>b</name><value>4</value></member></struct>"),
	}
	var d xmlrpc.RequestDecoder
	type read struct {
		method string
		params []any
		failed bool
	}
	got, want := make([]read, len(texts)), make([]read, len(texts))
	for i, text := range texts {
		var err error
		if got[i].method, got[i].params, err = d.Decode([]byte(text), tight, nil); err != nil {
			got[i].failed = true
		}
		want[i].method, want[i].params, err = xmlrpc.DecodeRequest(text, tight, nil)
		want[i].failed = err != nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("with one decoder:\n%v\nwith one for each:\n%v", got, want)
	}
	if failed := want[1].failed && want[2].failed && want[4].failed && want[6].failed && want[8].failed; !failed || want[5].failed {
		t.Errorf("the requests fail otherwise than the test means them to: %v", want)
	}
}
