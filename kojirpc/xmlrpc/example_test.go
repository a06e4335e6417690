package xmlrpc_test

import (
	"errors"
	"fmt"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

func ExampleDecodeResponse() {
	answer := []byte(`<?xml version='1.0'?>
<methodResponse><params><param>
<value><struct>
<member><name>nvr</name><value><string>bash-5.3-1.fc44</string></value></member>
<member><name>epoch</name><value><nil/></value></member>
<member><name>state</name><value><int>1</int></value></member>
</struct></value>
</param></params></methodResponse>`)
	var build struct {
		NVR   string `xmlrpc:"nvr"`
		Epoch *int   `xmlrpc:"epoch"`
		State int    `xmlrpc:"state"`
	}
	err := xmlrpc.DecodeResponse(answer, xmlrpc.Limits{}, &build)
	fmt.Println(build.NVR, build.Epoch == nil, build.State, err)
	// Output: bash-5.3-1.fc44 true 1 <nil>
}

func ExampleFault() {
	answer, _ := xmlrpc.AppendFault(nil, &xmlrpc.Fault{Code: 1014, String: "server is offline"})
	err := xmlrpc.DecodeResponse(answer, xmlrpc.Limits{}, nil)
	var fault *xmlrpc.Fault
	fmt.Println(errors.As(err, &fault), err)
	// Output: true fault 1014: server is offline
}

func ExampleDecodeMulti() {
	answer, _ := xmlrpc.AppendResponse(nil, []any{
		[]any{"f44-candidate"},
		&xmlrpc.Fault{Code: 1000, String: "No such tag"},
	})
	var first, second string
	errs, err := xmlrpc.DecodeMulti(answer, xmlrpc.Limits{}, []any{&first, &second})
	fmt.Println(err, first, errs)
	// Output: <nil> f44-candidate [<nil> fault 1000: No such tag]
}

func ExampleAppendCall() {
	call, err := xmlrpc.AppendCall(nil, "getTaskInfo", 4711, xmlrpc.Named{"request": true})
	if err != nil {
		fmt.Println(err)
		return
	}
	method, params, _ := xmlrpc.DecodeCall(call, xmlrpc.Limits{})
	positional, named := xmlrpc.SplitNamed(params)
	fmt.Println(method, positional, named)
	// Output: getTaskInfo [4711] map[request:true]
}
