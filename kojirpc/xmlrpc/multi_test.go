package xmlrpc_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

func TestDecodeMultiRecorded(t *testing.T) {
	type user struct {
		Name string `xmlrpc:"name"`
	}
	var average float64
	var alice, nobody *user
	var task struct {
		Method  string `xmlrpc:"method"`
		Request []any  `xmlrpc:"request"`
	}
	var api int
	into := []any{&alice, &nobody, nil, &average, nil, &task, nil, nil, nil, &api}
	errs, err := xmlrpc.DecodeMulti(byName(t, "multiCall-mixed").response, xmlrpc.Limits{}, into)
	if err != nil {
		t.Fatal(err)
	}
	codes := make([]int, len(errs))
	for i, err := range errs {
		if err != nil {
			codes[i] = as[*xmlrpc.Fault](t, err).Code
		}
	}
	if want := []int{0, 0, 1000, 0, 1000, 0, 1019, 1004, 1, 0}; !reflect.DeepEqual(codes, want) {
		t.Errorf("codes %v, want %v", codes, want)
	}
	if alice == nil || alice.Name == "" || nobody != nil || average <= 0 || task.Method != "build" || len(task.Request) == 0 || api != 1 {
		t.Errorf("got %+v %+v %v %+v %v", alice, nobody, average, task, api)
	}
}

// TestEntries reads the same answer as Raw and entry by entry afterwards.
func TestEntries(t *testing.T) {
	doc := byName(t, "multiCall-mixed").response
	into := make([]any, 10)
	for i := range into {
		into[i] = new(any)
	}
	errs, err := xmlrpc.DecodeMulti(doc, xmlrpc.Limits{}, into)
	if err != nil {
		t.Fatal(err)
	}
	var entries []xmlrpc.Raw
	if err := xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &entries); err != nil {
		t.Fatal(err)
	}
	for i, entry := range entries {
		var v any
		err := entry.Entry(xmlrpc.Limits{}, &v)
		if !reflect.DeepEqual(err, errs[i]) || !reflect.DeepEqual(v, *into[i].(*any)) {
			t.Errorf("%d: got %v, %v; want %v, %v", i, v, err, *into[i].(*any), errs[i])
		}
	}
}

func TestDecodeMultiErrors(t *testing.T) {
	const (
		one   = "<value><array><data><value><int>1</int></value></data></array></value>"
		fault = "<value><struct><member><name>faultCode</name><value><int>1</int></value></member></struct></value>"
	)
	multi := func(entries ...string) []byte {
		return response("<value><array><data>" + strings.Join(entries, "") + "</data></array></value>")
	}
	var a, c int
	var b string
	errs, err := xmlrpc.DecodeMulti(multi(one, one, fault, one), xmlrpc.Limits{}, []any{&a, &b, nil, &c})
	if err != nil || a != 1 || c != 1 || errs[0] != nil || errs[3] != nil {
		t.Fatal(errs, err, a, c)
	}
	if got := as[*xmlrpc.PathError](t, errs[1]); got.Path != "[1]" || !strings.HasPrefix(got.Error(), "xmlrpc: [1]: want string, got int") {
		t.Error(got)
	}
	mustBe[*xmlrpc.Fault](t, errs[2])

	for name, entry := range map[string]string{
		"no result":           "<value><array><data/></array></value>",
		"two results":         "<value><array><data><value/><value/></data></array></value>",
		"a bare result":       "<value><int>1</int></value>",
		"a struct of no code": "<value><struct/></value>",
		"a code of text":      "<value><struct><member><name>faultCode</name><value>1</value></member></struct></value>",
	} {
		errs, err := xmlrpc.DecodeMulti(multi(entry, one), xmlrpc.Limits{}, []any{nil, &a})
		if err != nil || errs[1] != nil {
			t.Errorf("%s: %v, %v", name, errs, err)
			continue
		}
		if path := as[*xmlrpc.PathError](t, errs[0]); !strings.HasPrefix(path.Path, "[0]") {
			t.Errorf("%s: %v", name, path)
		}
	}
	for name, doc := range map[string][]byte{
		"too few":   multi(one),
		"too many":  multi(one, one, one),
		"no array":  response("<value><struct/></value>"),
		"cut short": []byte(`<methodResponse><params><param><value><array><data>` + one),
	} {
		if errs, err := xmlrpc.DecodeMulti(doc, xmlrpc.Limits{}, []any{nil, nil}); err == nil || errs != nil {
			t.Errorf("%s: %v, %v", name, errs, err)
		}
	}
	whole, err := xmlrpc.AppendFault(nil, &xmlrpc.Fault{Code: 1007, String: "expired"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := xmlrpc.DecodeMulti(whole, xmlrpc.Limits{}, nil); as[*xmlrpc.Fault](t, err).Code != 1007 {
		t.Error(err)
	}
}

func TestFault(t *testing.T) {
	doc := []byte(`<methodResponse><fault><value><struct>` +
		member("traceback", "<value><array><data><value>x</value></data></array></value>") +
		member("faultString", "<value>one\n  two\x1b[1m\u202e</value>") + member("faultCode", "<value><int>1000</int></value>") +
		`</struct></value></fault></methodResponse>`)
	err := xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, new(int))
	fault := as[*xmlrpc.Fault](t, err)
	if fault.Code != 1000 || fault.String != "one\n  two\ufffd[1m\u202e" {
		t.Errorf("%+v", fault)
	}
	if got := fault.Error(); got != "fault 1000: one two�[1m�" {
		t.Errorf("%q", got)
	}
	long := (&xmlrpc.Fault{Code: 1, String: "Traceback:\n" + strings.Repeat("  File\n", 500) + "KeyError: 'x'"}).Error()
	if !strings.HasPrefix(long, "fault 1: Traceback: File") || !strings.HasSuffix(long, "KeyError: 'x'") || len(long) > 500 {
		t.Errorf("%d bytes: %s", len(long), long)
	}
	for _, value := range []string{"<value/>", "<value><nil/></value>", "<value><struct/></value>"} {
		err := xmlrpc.DecodeResponse([]byte("<methodResponse><fault>"+value+"</fault></methodResponse>"), xmlrpc.Limits{}, nil)
		var fault *xmlrpc.Fault
		if mustBe[*xmlrpc.PathError](t, err); errors.As(err, &fault) {
			t.Errorf("%s is a fault: %v", value, err)
		}
	}
}
