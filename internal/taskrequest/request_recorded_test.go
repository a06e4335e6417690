package taskrequest

import (
	"reflect"
	"testing"
)

func TestParseRecorded(t *testing.T) {
	for _, rec := range readJSONLines[recordedRequest](t, "requests.jsonl") {
		t.Run(rec.Method, func(t *testing.T) {
			want := rec.Want.request()
			if got := Parse(rec.Method, paramsOf(t, string(rec.Request))); !reflect.DeepEqual(got, want) {
				t.Errorf("values %s\n got %+v\nwant %+v", rec.Request, got, want)
			}
			if rec.Text == "" {
				return
			}
			if got := ParseText(rec.Method, rec.Text); !reflect.DeepEqual(got, want) {
				t.Errorf("text %s\n got %+v\nwant %+v", rec.Text, got, want)
			}
			if got := ParseText("", rec.Text); !reflect.DeepEqual(got, want) {
				t.Errorf("text without a method\n got %+v\nwant %+v", got, want)
			}
		})
	}
}
