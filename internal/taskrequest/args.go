package taskrequest

// The members that mark named parameters in a request.
//
// Source: koji.encode_args, koji.tasks.parse_task_params.
const (
	namedMarker  = "__starstar"
	methodMarker = "__method__"
)

// args are the parameters of a request.
type args struct {
	positional []any
	named      map[string]any
	marker     string // the member of named that is not a parameter
}

// argsOf distinguishes the three styles of a request: positional, positional with named
// parameters in a last record, and all named in the only record.
func argsOf(params []any) args {
	if len(params) == 0 {
		return args{}
	}
	last, ok := params[len(params)-1].(map[string]any)
	if !ok {
		return args{positional: params}
	}
	if _, ok := last[methodMarker]; ok && len(params) == 1 {
		return args{named: last, marker: methodMarker}
	}
	if truthOf(last[namedMarker]) {
		return args{positional: params[:len(params)-1], named: last, marker: namedMarker}
	}
	return args{positional: params}
}

// names returns the number of named parameters.
func (a args) names() int {
	if a.marker == "" {
		return 0
	}
	return len(a.named) - 1
}

// at returns the parameter at a position of a signature; nil if it is not given.
func (a args) at(place int, name string) any {
	if place < len(a.positional) {
		return a.positional[place]
	}
	return a.named[name]
}
