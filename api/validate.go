package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"

	"heraut/fault"
)

// checkParameters holds path, query and headers against the contract. A path
// that can not name anything is not found; all else is a list of fields.
func (o *operation) checkParameters(ctx context.Context, r *http.Request, path map[string]string) ([]fault.Field, error) {
	query, fields := o.checkQuery(r.URL)
	input := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: path, QueryParams: query, Route: o.route,
		Options: &openapi3filter.Options{MultiError: true, SkipSettingDefaults: true},
	}
	for _, ref := range o.params {
		p := ref.Value
		err := openapi3filter.ValidateParameter(ctx, input, p)
		switch {
		case err == nil:
		case p.In == openapi3.ParameterInPath:
			return nil, fault.New(fault.NotFound, "There is no such thing.")
		default:
			fields = append(fields, fault.Field{Pointer: p.Name, Message: parameterSentence(err)})
		}
	}
	return fields, nil
}

// checkQuery refuses what the contract does not name and what is named twice.
func (o *operation) checkQuery(u *url.URL) (url.Values, []fault.Field) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return query, []fault.Field{{Pointer: "", Message: "The query is not encoded as it should be."}}
	}
	var fields []fault.Field
	for _, name := range slices.Sorted(maps.Keys(query)) {
		switch {
		case o.params.GetByInAndName(openapi3.ParameterInQuery, name) == nil:
			fields = append(fields, fault.Field{Pointer: name, Message: "There is no such query parameter here."})
		case len(query[name]) > 1:
			fields = append(fields, fault.Field{Pointer: name, Message: "Give this once."})
		}
	}
	return query, fields
}

func parameterSentence(err error) string {
	if list := schemaErrors(err); len(list) > 0 {
		return sentence(list[0])
	}
	return "This has a wrong form."
}

// checkBody holds a decoded body against the contract.
func (o *operation) checkBody(value any) []fault.Field {
	err := o.body.VisitJSON(value, openapi3.VisitAsRequest(), openapi3.MultiErrors())
	if err == nil {
		return nil
	}
	list := schemaErrors(err)
	fields := make([]fault.Field, 0, len(list))
	for _, e := range list {
		fields = append(fields, fieldOf(e))
	}
	slices.SortStableFunc(fields, func(a, b fault.Field) int { return compareText(a.Pointer, b.Pointer) })
	fields = slices.Compact(fields)
	if len(fields) > maxFields {
		more := len(fields) - maxFields
		fields = append(fields[:maxFields], fault.Field{Pointer: "", Message: fmt.Sprintf("There are %d more errors.", more)})
	}
	return fields
}

// maxFields bounds how many wrong fields an answer lists.
const maxFields = 100

// schemaErrors flattens what kin-openapi found.
func schemaErrors(err error) []*openapi3.SchemaError {
	if many, ok := errors.AsType[openapi3.MultiError](err); ok {
		var list []*openapi3.SchemaError
		for _, one := range many {
			list = append(list, schemaErrors(one)...)
		}
		return list
	}
	if one, ok := errors.AsType[*openapi3.SchemaError](err); ok {
		return []*openapi3.SchemaError{one}
	}
	return nil
}
