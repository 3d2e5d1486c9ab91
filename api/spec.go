package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"

	"heraut/people"
)

// What counts where an operation has no x-max-body (bytes) or x-timeout (seconds).
const (
	defaultMaxBody = 1 << 20
	defaultTimeout = 30 * time.Second
)

// rolePublic is the x-role of an operation that needs no key.
const rolePublic people.Role = "public"

// operation is what the frame knows of one operation of the contract.
type operation struct {
	id     string
	method string
	path   string // "/v1/users/{id}"
	tag    string
	role   people.Role
	route  *routers.Route
	params openapi3.Parameters
	// media is the content type of the body; empty: the operation takes none.
	media    string
	required bool
	body     *openapi3.Schema
	maxBody  int64
	timeout  time.Duration
}

// loadOperations reads the contract.
func loadOperations(data []byte) ([]operation, error) {
	defineFormats()
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("reading openapi.yaml: %w", err)
	}
	var list []operation
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			o, err := newOperation(doc, path, method, item, op)
			if err != nil {
				return nil, fmt.Errorf("reading %s %s of openapi.yaml: %w", method, path, err)
			}
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b operation) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method))
	})
	return list, nil
}

func newOperation(doc *openapi3.T, path, method string, item *openapi3.PathItem, op *openapi3.Operation) (operation, error) {
	o := operation{
		id: op.OperationID, method: method, path: path, tag: op.Tags[0], maxBody: defaultMaxBody,
		route:  &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: op},
		params: slices.Concat(item.Parameters, op.Parameters),
	}
	role, _ := op.Extensions["x-role"].(string)
	o.role = people.Role(role)
	if !o.role.Known() && o.role != rolePublic {
		return o, fmt.Errorf("x-role %q is unknown", role)
	}
	seconds := int64(defaultTimeout / time.Second)
	if err := errors.Join(number(op, "x-max-body", &o.maxBody), number(op, "x-timeout", &seconds)); err != nil {
		return o, err
	}
	o.timeout = time.Duration(seconds) * time.Second
	if op.RequestBody != nil {
		o.required = op.RequestBody.Value.Required
		for media, content := range op.RequestBody.Value.Content {
			o.media, o.body = media, content.Schema.Value
		}
	}
	return o, nil
}

// number reads a number that the contract says for one operation only.
func number(op *openapi3.Operation, name string, into *int64) error {
	value, found := op.Extensions[name]
	if !found {
		return nil
	}
	data, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	return nil
}

// repeatable tells whether the operation answers a repeated request with its
// first answer. Who asks for a session again gets another one: its cookie is a
// secret, which is not kept.
func (o *operation) repeatable() bool {
	return o.params.GetByInAndName(openapi3.ParameterInHeader, headerIdempotencyKey) != nil
}

// versioned tells whether the operation looks at If-Match.
func (o *operation) versioned() bool {
	return o.params.GetByInAndName(openapi3.ParameterInHeader, headerIfMatch) != nil
}

// public tells whether the operation needs no key.
func (o *operation) public() bool { return o.role == rolePublic }

// streams tells whether the handler reads the body by itself, part by part.
func (o *operation) streams() bool { return o.media == mediaForm }
