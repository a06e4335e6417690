package filter

import (
	"slices"
	"testing"
)

func TestDoubts(t *testing.T) {
	tests := map[string]struct {
		rules Rules
		want  []string
	}{
		"nothing odd":               {Rules{Types: []string{"Tag", "BuildStateChange"}, States: []string{"FAILED"}, When: `new == "FAILED" or type == "Tag"`}, nil},
		"types without the state":   {Rules{Types: []string{"Tag"}, States: []string{"FAILED"}}, []string{"states: no event of the types Tag has the state FAILED, so none passes"}},
		"a task's state of a build": {Rules{Types: []string{"BuildStateChange"}, States: []string{"CLOSED", "OPEN"}}, []string{"states: no event of the types BuildStateChange has the state CLOSED or OPEN, so none passes"}},
		"a state misspelt":          {Rules{When: `new == "FAILDE"`}, []string{`when: "FAILDE" is not a state; did you mean FAILED?`}},
		"on the other side":         {Rules{When: `"FAILDE" != old`}, []string{`when: "FAILDE" is not a state; did you mean FAILED?`}},
		"in a list":                 {Rules{When: `task.state in ["CLOSED", "FAILLED"]`}, []string{`when: "FAILLED" is not a state; did you mean FAILED?`}},
		"a type misspelt":           {Rules{When: `mine and (type == "Tagg" or type == "TaskStateChang")`}, []string{`when: "Tagg" is not a type of event; did you mean Tag?`, `when: "TaskStateChang" is not a type of event; did you mean TaskStateChange?`}},
		"a mistake, not a doubt":    {Rules{When: `new = "x"`}, nil},
		"states of alerts":          {Rules{When: `alert.state == "firing" or alert.state == "FAILED"`}, []string{`when: "FAILED" is not a state of an alert`}},
		"steps of campaigns":        {Rules{When: `campaign.step in ["done", "dine"]`}, []string{`when: "dine" is not a step of a campaign; did you mean done?`}},
		"an empty text":             {Rules{When: `old == ""`}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, m := range Doubts(tt.rules) {
				got = append(got, m.Error())
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
