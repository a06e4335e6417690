package kojirpc

import "testing"

func TestIsBatchable(t *testing.T) {
	h, err := newHub(Options{Server: "http://koji.example.com/kojihub", Batching: Batching{ReadOnly: []string{"sidetag.get"}}})
	if err != nil {
		t.Fatal(err)
	}
	limit := map[string]any{"limit": 5}
	tests := []struct {
		method    string
		args      []any
		batchable bool
		readOnly  bool
	}{
		{"getUser", []any{5}, true, true},
		{"listTaskOutput", []any{5}, true, true},
		{"downloadTaskOutput", []any{5, "build.log", 0, -1}, false, true},
		{"listBuilds", []any{5}, false, true},
		{"listBuilds", []any{5, Named{"state": 1}}, false, true},
		{"listBuilds", []any{5, Named{"queryOpts": limit}}, true, true},
		{"listBuilds", []any{5, Named{"queryOpts": map[string]any{"limit": 100000}}}, false, true},
		{"listBuilds", []any{5, Named{"queryOpts": countOnly()}}, true, true},
		{"listBuilds", []any{Named{"taskID": 5}}, true, true},
		{"listBuilds", []any{Named{"taskID": nil}}, false, true},
		{"listTags", []any{Named{"build": "a-1-1"}}, true, true},
		{"listTasks", []any{map[string]any{}, limit}, true, true},
		{"listTasks", []any{map[string]any{}, map[string]any{"limit": int64(5)}}, true, true},
		{"listTasks", []any{map[string]any{}, map[string]any{"limit": 0}}, false, true},
		{"listTasks", []any{map[string]any{"limit": "5"}}, false, true},
		{"listChannels", nil, false, true},
		{"sidetag.get", nil, true, true},
		{"build", []any{"git://x"}, false, false},
		{"tagBuild", nil, false, false},
		{"multiCall", nil, false, false},
		{"getTagID", []any{"x", Named{"create": true}}, false, false},
		{"getSecretOfAPlugin", nil, false, false},
		{"logout", nil, false, false},
		{"sslLogin", nil, false, false},
		{"host.getTasks", nil, false, false},
	}
	for _, tt := range tests {
		if got := h.isBatchable(tt.method, tt.args); got != tt.batchable {
			t.Errorf("%s %v batchable: %v", tt.method, tt.args, got)
		}
		if got := h.isReadOnly(tt.method); got != tt.readOnly {
			t.Errorf("%s only reads: %v", tt.method, got)
		}
	}
}
