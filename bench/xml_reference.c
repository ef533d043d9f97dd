/* The least that reading an XML file with its schema costs: libxml2's own push parser, its SAX2 interface and its streaming
   validator, adding up one element. What tallyman does beyond that (typed values, places, account) is not here.
   usage: xml_reference FILE [SCHEMA] */
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long items, sum;
static int inside;
static char digits[32];
static size_t length;

static void start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespace_count,
                  const xmlChar **namespaces, int attribute_count, int defaulted, const xmlChar **attributes) {
    (void)user, (void)prefix, (void)uri, (void)namespace_count, (void)namespaces, (void)attribute_count, (void)defaulted,
        (void)attributes;
    if (!strcmp((const char *)name, "item")) items++;
    inside = !strcmp((const char *)name, "on_hand");
    length = 0;
}

static void end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
    (void)user, (void)name, (void)prefix, (void)uri;
    if (inside) {
        digits[length] = 0;
        sum += strtol(digits, NULL, 10);
    }
    inside = 0;
}

static void text(void *user, const xmlChar *bytes, int count) {
    (void)user;
    if (!inside) return;
    for (int i = 0; i < count && length < sizeof digits - 1; i++) digits[length++] = (char)bytes[i];
}

int main(int count, char **arguments) {
    static char buffer[65536];
    if (count < 2) return 2;
    FILE *file = fopen(arguments[1], "rb");
    if (!file) return 2;
    xmlSAXHandler handler;
    memset(&handler, 0, sizeof handler);
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = start;
    handler.endElementNs = end;
    handler.characters = handler.ignorableWhitespace = handler.cdataBlock = text;
    xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&handler, NULL, NULL, 0, NULL);
    xmlSchemaValidCtxtPtr check = NULL;
    xmlSchemaSAXPlugPtr plug = NULL;
    if (count > 2) {
        xmlSchemaPtr schema = xmlSchemaParse(xmlSchemaNewParserCtxt(arguments[2]));
        if (!schema) return 2;
        check = xmlSchemaNewValidCtxt(schema);
        plug = xmlSchemaSAXPlug(check, &parser->sax, &parser->userData);
    }
    size_t size;
    int fault = 0;
    while (!fault && (size = fread(buffer, 1, sizeof buffer, file)) > 0) fault = xmlParseChunk(parser, buffer, (int)size, 0);
    if (!fault) fault = xmlParseChunk(parser, NULL, 0, 1);
    printf("%ld items, sum %ld, fault %d, valid %d\n", items, sum, fault, check ? xmlSchemaIsValid(check) : -1);
    if (plug) xmlSchemaSAXUnplug(plug);
    return fault != 0;
}
