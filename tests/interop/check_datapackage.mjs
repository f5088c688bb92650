// The JavaScript readers `datapackage` and `tableschema` find the package valid, read every row with its references,
// and come to the values of the JSON lines:   node check_datapackage.mjs SNAPSHOT MODULES
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import assert from 'node:assert/strict'

const [folder, modules] = process.argv.slice(2)
const require = createRequire(modules + '/')
const { Package, validate } = require('datapackage')
const { Table } = require('tableschema')
const version = name => JSON.parse(readFileSync(`${modules}/node_modules/${name}/package.json`)).version

const descriptor = `${folder}/data/datapackage.json`
const { valid, errors } = await validate(descriptor)
assert(valid, errors.join('\n'))
const read = await Package.load(descriptor, { strict: true })
const declared = read.descriptor.gongwen.rows
const pad = n => String(n).padStart(2, '0')
// dates come in the reader's own time zone
const day = d => `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}`

let tables = 0, rows = 0
for (const resource of read.resources.filter(r => r.tabular)) {
	const lines = readFileSync(`${folder}/data/${resource.name}.jsonl`, 'utf8').trimEnd().split('\n').filter(Boolean)
	const expected = lines.map(line => Object.values(JSON.parse(line)))
	const found = await resource.read({ relations: true, forceCast: false })
	assert.equal(found.length, declared[resource.name], resource.name)
	assert(await resource.checkRelations(), resource.name)
	const bare = await (await Table.load(`${folder}/data/${resource.descriptor.path}`,
		{ schema: resource.descriptor.schema, delimiter: ',' })).read()
	bare.forEach((row, i) =>
		assert.deepEqual(row.map(v => v instanceof Date ? day(v) : v), expected[i], `${resource.name}, row ${i + 1}`))
	assert.equal(bare.length, expected.length)
	tables++
	rows += found.length
}
assert.equal(tables, Object.keys(declared).length)
console.log(`datapackage ${version('datapackage')}, tableschema ${version('tableschema')}: valid, ${tables} tables, ${rows} rows`)
